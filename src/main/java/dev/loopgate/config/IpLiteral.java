package dev.loopgate.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** IP addresses as text; strict, and never a look-up of a name. */
final class IpLiteral {

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

    private IpLiteral() {}

    /** @param text without brackets */
    static Optional<InetAddress> parse(String text) {
        boolean v4 = V4.matcher(text).matches();
        if (!v4 && (!V6.matcher(text).matches() || text.length() > 45)) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(v4 ? text : "[" + text + "]"));
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    /** The one way to write an address (RFC 5952 for IPv6), without brackets. */
    static String text(InetAddress address) {
        if (address instanceof Inet4Address) {
            return address.getHostAddress();
        }
        byte[] raw = address.getAddress();
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (raw[2 * i] & 0xff) << 8 | (raw[2 * i + 1] & 0xff);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                out.append("::");
                i += length - 1;
            } else {
                out.append(out.length() > 0 && out.charAt(out.length() - 1) != ':' ? ":" : "")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return out.toString();
    }
}
