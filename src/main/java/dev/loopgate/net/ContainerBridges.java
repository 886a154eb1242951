package dev.loopgate.net;

import dev.loopgate.model.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The bridges that this machine and its containers have between them. Whoever is not on one of them does not get in by
 * their addresses: a machine elsewhere could have itself routed there. Any thread.
 */
final class ContainerBridges {

    /** As Docker (those of its named networks, too), Podman and nerdctl call them. */
    private static final Pattern NAME =
            Pattern.compile("docker[0-9]+|br-[0-9a-f]{12}|podman[0-9]+|cni-podman[0-9]+|nerdctl[0-9]+");

    /** Networks come and go; asking the system for them takes longer than each connection may wait. */
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private volatile Known known = new Known(List.of(), System.nanoTime());

    /** @param until as {@link System#nanoTime()} counts */
    private record Known(List<Cidr> networks, long until) {

        boolean have(InetAddress address) {
            return networks.stream().anyMatch(network -> network.contains(address));
        }
    }

    /** Whether it is one of them. */
    static boolean isOne(NetworkInterface each) {
        return NAME.matcher(each.getName()).matches();
    }

    /** Whether a socket of this machine is on one of them. */
    static boolean isOn(InetAddress own) {
        try {
            NetworkInterface of = NetworkInterface.getByInetAddress(own);
            return of != null && isOne(of);
        } catch (SocketException unknown) {
            return false;
        }
    }

    /** Whether somebody is on one of them. */
    boolean have(SocketAddress peer) {
        if (!(peer instanceof InetSocketAddress inet)) {
            return false;
        }
        Known now = known;
        if (System.nanoTime() - now.until() > 0) {
            now = look();
        }
        return now.have(inet.getAddress());
    }

    private Known look() {
        Known fresh;
        try {
            fresh = new Known(
                    NetworkInterface.networkInterfaces()
                            .filter(ContainerBridges::isOne)
                            .flatMap(each -> each.getInterfaceAddresses().stream())
                            .map(each -> Cidr.of(each.getAddress(), each.getNetworkPrefixLength()))
                            .toList(),
                    System.nanoTime() + REFRESH_NANOS);
        } catch (SocketException e) {
            fresh = new Known(known.networks(), System.nanoTime() + REFRESH_NANOS);
        }
        known = fresh;
        return fresh;
    }
}
