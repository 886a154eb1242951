package dev.loopgate.net;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
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
        return new MachineAddresses(four, ContainerBridges.addresses());
    }
}
