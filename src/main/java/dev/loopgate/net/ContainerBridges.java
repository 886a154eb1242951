package dev.loopgate.net;

import dev.loopgate.model.Cidr;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridges that this machine and its containers have between them. Whoever is not on one of them does not get in by
 * their addresses: a machine elsewhere could have itself routed there. Any thread.
 */
final class ContainerBridges {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerBridges.class);

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

    /** Whether a socket of this machine is on one of them, or may be: the system does not always say. */
    static boolean isOn(InetAddress own) {
        Boolean known = lookFor(own);
        return known == null || known;
    }

    private static @Nullable Boolean lookFor(InetAddress own) {
        try {
            NetworkInterface of = NetworkInterface.getByInetAddress(own);
            return of != null && isOne(of);
        } catch (SocketException unknown) {
            return null;
        }
    }

    /**
     * Keeps machines elsewhere away from a listener that is on one of them. Whether it is, the first client has it looked up:
     * that takes longer than binding does.
     *
     * @param own where it listens
     */
    Consumer<Channel> guard(InetSocketAddress own, Consumer<Channel> onAccept) {
        InetAddress address = own.getAddress();
        return address.isLoopbackAddress() || address.isAnyLocalAddress() ? onAccept : new Guard(this, own, onAccept);
    }

    /** Any thread. */
    private static final class Guard implements Consumer<Channel> {

        private final ContainerBridges bridges;
        private final InetSocketAddress own;
        private final Consumer<Channel> onAccept;
        private volatile @Nullable Boolean needed;

        Guard(ContainerBridges bridges, InetSocketAddress own, Consumer<Channel> onAccept) {
            this.bridges = bridges;
            this.own = own;
            this.onAccept = onAccept;
        }

        @Override
        public void accept(Channel client) {
            Boolean known = needed;
            if (known == null) {
                known = lookFor(own.getAddress());
                needed = known;
            }
            // Where it cannot be told, for want of descriptors say, it is asked again for the next client.
            if (Boolean.FALSE.equals(known) || bridges.have(client.remoteAddress())) {
                onAccept.accept(client);
                return;
            }
            LOG.warn(
                    "turned {} away at {}, which is for containers of this machine",
                    Addresses.text(client.remoteAddress()),
                    Addresses.text(own));
            Transport.reset(client);
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
