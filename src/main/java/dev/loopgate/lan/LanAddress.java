package dev.loopgate.lan;

import dev.loopgate.net.Addresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where others find a socket of this machine.
 *
 * @param interfaceName such as {@code wlan0}; empty where it is not known
 */
public record LanAddress(InetSocketAddress socket, String interfaceName) {

    /** Networks that containers, virtual machines and tunnels have between themselves and this machine. */
    private static final List<String> VIRTUAL = List.of(
            "docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni", "flannel", "podman", "lxc", "tun", "utun");

    /** Those of these sockets that others reach, what is likely to be the LAN first. */
    public static List<LanAddress> of(Collection<InetSocketAddress> sockets) {
        return sockets.stream()
                .filter(socket -> !socket.getAddress().isLoopbackAddress())
                .map(socket -> new LanAddress(socket, interfaceOf(socket.getAddress())))
                .sorted(Comparator.comparing(LanAddress::virtual)
                        .thenComparing(each -> !(each.socket.getAddress() instanceof Inet4Address)))
                .toList();
    }

    private static String interfaceOf(InetAddress address) {
        try {
            return Optional.ofNullable(NetworkInterface.getByInetAddress(address))
                    .map(NetworkInterface::getName)
                    .orElse("");
        } catch (SocketException unknown) {
            return "";
        }
    }

    private boolean virtual() {
        String name = interfaceName.toLowerCase(Locale.ROOT);
        return VIRTUAL.stream().anyMatch(name::startsWith);
    }

    /** @param text as {@link Addresses#text} writes a socket's address */
    public static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(
                Addresses.literal(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }

    /** {@code 192.168.1.5:8080}. */
    public String text() {
        return Addresses.text(socket);
    }

    /** {@code http://192.168.1.5:8080/}, without a port that a browser adds by itself. */
    public String url() {
        String text = text();
        return "http://" + (text.endsWith(":80") ? text.substring(0, text.length() - 3) : text) + "/";
    }
}
