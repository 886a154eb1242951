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
     * @throws SocketException where the system does not tell its interfaces
     * @throws IllegalArgumentException where an {@code ADDRESS} is not an IP literal, and for {@code UNIX}
     */
    public static BindTargets of(BindAddress bind) throws SocketException {
        return of(bind, address -> NetworkInterface.getByInetAddress(address) != null);
    }

    /**
     * The sockets of a {@link BindAddress} that goes along with the machine's networks: LAN, DOCKER, and for UDP a wildcard
     * address. There every address of the machine stands in its place: an answer has to come from the one that was asked, and
     * a socket of the wildcard address leaves it to the system which that is.
     *
     * @throws IllegalArgumentException for any other
     */
    public static List<InetSocketAddress> on(MachineAddresses machine, BindAddress bind) {
        List<InetAddress> addresses = new ArrayList<>();
        switch (bind.scope()) {
            case LAN -> addresses.addAll(machine.network());
            case DOCKER -> addresses.addAll(machine.containers());
            case ADDRESS, LOOPBACK, UNIX -> {
                if (!bind.wildcard()) {
                    throw new IllegalArgumentException(bind + " stays where it is");
                }
                InetAddress loopback = bind.address().equals("::") ? Addresses.LOOPBACK6 : Addresses.LOOPBACK4;
                addresses.add(loopback);
                machine.network().stream()
                        .filter(address -> address.getClass() == loopback.getClass())
                        .forEach(addresses::add);
            }
        }
        return addresses.stream()
                .map(address -> new InetSocketAddress(address, bind.port()))
                .toList();
    }

    /** The addresses that a wildcard address stands for where answers have to come from the one that was asked. */
    public static List<InetSocketAddress> everywhere(MachineAddresses machine, InetSocketAddress wildcard) {
        return on(machine, BindAddress.of(Addresses.text(wildcard.getAddress()), wildcard.getPort()));
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
            case LAN, DOCKER -> found.addAll(on(MachineAddresses.now(), bind));
        }
        return new BindTargets(found, missing);
    }
}
