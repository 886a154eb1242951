package dev.loopgate.net;

import dev.loopgate.model.BindAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets behind a {@link BindAddress} on this machine, now.
 *
 * @param addresses what to listen on, IPv4 first
 * @param missing what was meant but no interface has: a loopback family
 */
public record BindTargets(List<InetSocketAddress> addresses, List<InetSocketAddress> missing) {

    public BindTargets {
        addresses = List.copyOf(addresses);
        missing = List.copyOf(missing);
    }

    /**
     * LAN leaves IPv6 link-local addresses out: a client needs a zone to name one, browsers take none, and each virtual
     * interface of a container adds another.
     *
     * @throws SocketException where the system does not tell its interfaces
     * @throws IllegalArgumentException where an {@code ADDRESS} is not an IP literal, and for {@code UNIX}
     */
    public static BindTargets of(BindAddress bind) throws SocketException {
        return of(bind, address -> NetworkInterface.getByInetAddress(address) != null);
    }

    /**
     * The same with every address of the machine in place of a wildcard address, for UDP: an answer has to come from the
     * address that was asked, and a socket of the wildcard address leaves it to the system which that is.
     */
    public static BindTargets ofEach(BindAddress bind) throws SocketException {
        BindTargets targets = of(bind);
        if (!bind.wildcard()) {
            return targets;
        }
        int length = targets.addresses().get(0).getAddress().getAddress().length;
        InetAddress loopback = length == 4 ? Addresses.LOOPBACK4 : Addresses.LOOPBACK6;
        List<InetSocketAddress> found = new ArrayList<>();
        found.add(new InetSocketAddress(loopback, bind.port()));
        for (InetAddress address : reachableFromOutside()) {
            if (address.getAddress().length == length) {
                found.add(new InetSocketAddress(address, bind.port()));
            }
        }
        return new BindTargets(found, List.of());
    }

    /** Whether an address is one of this machine's. */
    interface Interfaces {
        boolean have(InetAddress address) throws SocketException;
    }

    static BindTargets of(BindAddress bind, Interfaces interfaces) throws SocketException {
        List<InetSocketAddress> found = new ArrayList<>();
        List<InetSocketAddress> missing = new ArrayList<>();
        switch (bind.scope()) {
            case UNIX -> throw new IllegalArgumentException(bind + " has no address of an interface");
            case ADDRESS -> found.add(new InetSocketAddress(Addresses.literal(bind.address()), bind.port()));
            case LOOPBACK -> {
                for (InetAddress address : List.of(Addresses.LOOPBACK4, Addresses.LOOPBACK6)) {
                    (interfaces.have(address) ? found : missing).add(new InetSocketAddress(address, bind.port()));
                }
            }
            case LAN -> {
                for (InetAddress address : reachableFromOutside()) {
                    found.add(new InetSocketAddress(address, bind.port()));
                }
            }
            case DOCKER -> {
                for (InetAddress address : ContainerBridges.addresses()) {
                    found.add(new InetSocketAddress(address, bind.port()));
                }
            }
        }
        return new BindTargets(found, missing);
    }

    private static List<InetAddress> reachableFromOutside() throws SocketException {
        List<InetAddress> four = new ArrayList<>();
        List<InetAddress> six = new ArrayList<>();
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            if (!each.isUp() || each.isLoopback()) {
                continue;
            }
            for (InetAddress address : each.inetAddresses().toList()) {
                if (address.getAddress().length == 4) {
                    four.add(address);
                } else if (!address.isLinkLocalAddress()) {
                    six.add(address);
                }
            }
        }
        four.addAll(six);
        return four;
    }
}
