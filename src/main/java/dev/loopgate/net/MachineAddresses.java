package dev.loopgate.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The addresses of this machine's interfaces at one moment, but for those of loopback.
 *
 * @param network of every interface that is up, IPv4 first. IPv6 link-local addresses are left out: a client needs a zone to
 *     name one, browsers take none, and each virtual interface of a container adds another.
 * @param containers of its bridges to containers, IPv4 first
 */
public record MachineAddresses(List<InetAddress> network, List<InetAddress> containers) {

    public MachineAddresses {
        network = List.copyOf(network);
        containers = List.copyOf(containers);
    }

    /** @throws SocketException where the system does not tell its interfaces */
    public static MachineAddresses now() throws SocketException {
        List<InetAddress> network = new ArrayList<>();
        List<InetAddress> containers = new ArrayList<>();
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            boolean onNetwork = each.isUp() && !each.isLoopback();
            boolean toContainers = ContainerBridges.isOne(each);
            for (InetAddress address : each.inetAddresses().toList()) {
                boolean linkLocal = address.isLinkLocalAddress();
                if (onNetwork && !(linkLocal && address instanceof Inet6Address)) {
                    network.add(address);
                }
                if (toContainers && !linkLocal) {
                    containers.add(address);
                }
            }
        }
        Comparator<InetAddress> byFamily = Comparator.comparingInt(address -> address.getAddress().length);
        network.sort(byFamily);
        containers.sort(byFamily);
        return new MachineAddresses(network, containers);
    }
}
