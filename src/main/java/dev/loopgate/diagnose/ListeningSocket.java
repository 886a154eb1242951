package dev.loopgate.diagnose;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A socket that somebody listens on.
 *
 * @param pid 0 where the system does not say whose it is
 */
record ListeningSocket(InetSocketAddress address, long pid) {

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
}
