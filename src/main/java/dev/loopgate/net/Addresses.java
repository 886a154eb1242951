package dev.loopgate.net;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** The two loopback addresses, IP literals, and addresses as people write them. */
public final class Addresses {

    /** 127.0.0.1. */
    public static final InetAddress LOOPBACK4 = address(127, 0, 0, 1);
    /** ::1. */
    public static final InetAddress LOOPBACK6 = address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

    private Addresses() {}

    /** {@code 127.0.0.1:80}, {@code [::1]:80}, {@code [fe80::1%eth0]:80}, {@code unix:///run/app.sock}, {@code unix://@name}. */
    public static String text(SocketAddress address) {
        if (address instanceof DomainSocketAddress unix) {
            return "unix://" + unix.path();
        }
        if (!(address instanceof InetSocketAddress inet)) {
            return address.toString();
        }
        InetAddress ip = inet.getAddress();
        if (ip == null) {
            return inet.getHostString() + ":" + inet.getPort();
        }
        return (ip instanceof Inet6Address ? "[" + text(ip) + "]" : text(ip)) + ":" + inet.getPort();
    }

    /** Without brackets, the longest run of zeros shortened (RFC 5952). */
    public static String text(InetAddress address) {
        String text = digits(address.getAddress());
        if (!(address instanceof Inet6Address six) || !six.isLinkLocalAddress()) {
            return text;
        }
        String full = six.getHostAddress();
        int scope = full.indexOf('%');
        return scope < 0 ? text : text + full.substring(scope);
    }

    /** Not netty's, which looks at all networks of the machine before its first word: a command is over by then. */
    private static String digits(byte[] address) {
        StringBuilder text = new StringBuilder(39);
        if (address.length == 4) {
            for (byte part : address) {
                text.append(text.length() == 0 ? "" : ".").append(part & 0xff);
            }
            return text.toString();
        }
        int[] groups = new int[address.length / 2];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = (address[2 * i] & 0xff) << 8 | (address[2 * i + 1] & 0xff);
        }
        int first = 0;
        int longest = 1;
        for (int i = 0; i < groups.length; i++) {
            int end = i;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                first = i;
                longest = end - i;
            }
        }
        for (int i = 0; i < groups.length; ) {
            if (longest > 1 && i == first) {
                text.append("::");
                i += longest;
            } else {
                boolean joined = text.length() == 0 || text.charAt(text.length() - 1) == ':';
                text.append(joined ? "" : ":").append(Integer.toHexString(groups[i++]));
            }
        }
        return text.toString();
    }

    /** @throws IllegalArgumentException where the text is not an IPv4 or IPv6 literal */
    public static InetAddress literal(String text) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(text);
        if (address == null) {
            throw new IllegalArgumentException("not an IP address: " + text);
        }
        return address;
    }

    static boolean isLiteral(String text) {
        return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
    }

    /** Whether machines elsewhere get in by an address of this machine: not by loopback, nor by that of containers. */
    public static boolean isForOthers(InetAddress own) {
        return !own.isLoopbackAddress() && !ContainerBridges.isOn(own);
    }

    /** RFC 6761 §6.3: localhost and every name below it are the loopback, whatever a resolver says. */
    static boolean isLocalhost(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost") || name.endsWith(".localhost");
    }

    private static InetAddress address(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** 127.0.0.1 or ::1, and none of the millions of others. */
    public static boolean isUsualLoopback(InetAddress address) {
        return address.equals(LOOPBACK4) || address.equals(LOOPBACK6);
    }
}
