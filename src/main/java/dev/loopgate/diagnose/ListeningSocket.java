package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.PortHolder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A socket that somebody listens on: one that takes connections, or datagrams from anybody.
 *
 * @param pid 0 where the system does not say whose it is
 * @param user empty where the system does not tell
 */
record ListeningSocket(Protocol protocol, InetSocketAddress address, long pid, Optional<String> user) {

    /** Whether it takes connections that are made to an address, or keeps others from binding it. */
    boolean takes(InetSocketAddress wanted) {
        InetAddress own = address.getAddress();
        InetAddress other = wanted.getAddress();
        if (address.getPort() != wanted.getPort()) {
            return false;
        }
        // A socket on :: takes IPv4 too, unless it says otherwise, which nobody tells.
        boolean families = own.getAddress().length == other.getAddress().length
                || (own.getAddress().length == 16 && own.isAnyLocalAddress())
                || (other.getAddress().length == 16 && other.isAnyLocalAddress());
        return families && (own.equals(other) || own.isAnyLocalAddress() || other.isAnyLocalAddress());
    }

    /** The one among several that most likely stands in the way. */
    static Optional<ListeningSocket> closest(List<ListeningSocket> sockets, InetSocketAddress wanted) {
        return sockets.stream()
                .filter(socket -> socket.takes(wanted))
                .min(Comparator.comparingInt(socket -> socket.distance(wanted)));
    }

    private int distance(InetSocketAddress wanted) {
        int distance = pid == 0 ? 4 : 0;
        if (!address.getAddress().equals(wanted.getAddress())) {
            distance += address.getAddress().getAddress().length
                            == wanted.getAddress().getAddress().length
                    ? 1
                    : 2;
        }
        return distance;
    }

    /** Whoever has it, of whose process nothing is known. */
    PortHolder hidden() {
        return new PortHolder(0, "", "", user.orElse(""), false);
    }

    /** How far it is from what takes none of these addresses: a service of localhost is that of the other family. */
    int strangeness(List<InetSocketAddress> wanted) {
        InetAddress own = address.getAddress();
        boolean local = wanted.stream().allMatch(each -> each.getAddress().isLoopbackAddress());
        int kind = local && (own.isLoopbackAddress() || own.isAnyLocalAddress()) ? 0 : own.isAnyLocalAddress() ? 1 : 2;
        boolean other =
                wanted.stream().noneMatch(each -> each.getAddress().getAddress().length == own.getAddress().length);
        return kind * 4 + (other ? 0 : 2) + (pid == 0 ? 1 : 0);
    }
}
