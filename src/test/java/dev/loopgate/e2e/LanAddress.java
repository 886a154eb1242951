package dev.loopgate.e2e;

import dev.loopgate.testkit.Programs;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;

/** An address of this machine that others could reach. */
final class LanAddress {

    private LanAddress() {}

    /** One of a private network if there is any. Skips the test where this machine has none but loopback. */
    static String require() {
        try {
            List<String> addresses = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                    .sorted(Comparator.comparing(LanAddress::isPrivate).reversed())
                    .toList();
            if (addresses.isEmpty()) {
                Programs.missing("this machine has no address but loopback");
            }
            return addresses.get(0);
        } catch (SocketException e) {
            throw new AssertionError(e);
        }
    }

    /** RFC 1918 and RFC 4193. */
    static boolean isPrivate(String address) {
        try {
            InetAddress parsed = InetAddress.getByName(address);
            byte[] bytes = parsed.getAddress();
            return bytes.length == 4 ? parsed.isSiteLocalAddress() : bytes[0] == (byte) 0xfd;
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
