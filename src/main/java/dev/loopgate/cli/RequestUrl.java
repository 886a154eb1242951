package dev.loopgate.cli;

import dev.loopgate.net.Printable;
import java.util.Locale;

/**
 * A URL as somebody types it, the scheme optional; the path is kept as typed, since the gateway does too.
 *
 * @param scheme lower case
 * @param host without port; IPv6 in brackets
 * @param port empty where none was given
 * @param path begins with a slash
 * @param query with its question mark, or empty
 */
record RequestUrl(String scheme, String host, String port, String path, String query) {

    /** @throws CommandFailure where it is no URL of an HTTP request */
    static RequestUrl parse(String text) {
        if (text.isBlank() || text.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw bad(text, "it is empty or has blanks in it");
        }
        String scheme = "http";
        String rest = text;
        int colon = text.indexOf("://");
        if (colon >= 0) {
            scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
            rest = text.substring(colon + 3);
        }
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw bad(text, "its scheme is neither http nor https");
        }
        int fragment = rest.indexOf('#');
        rest = fragment < 0 ? rest : rest.substring(0, fragment);
        int end = 0;
        while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
            end++;
        }
        String authority = rest.substring(0, end);
        if (authority.indexOf('@') >= 0) {
            throw bad(text, "it names a user; the gateway does not look at users");
        }
        int portColon = authority.lastIndexOf(':');
        boolean hasPort = portColon > authority.indexOf(']');
        String host = hasPort ? authority.substring(0, portColon) : authority;
        String port = hasPort ? authority.substring(portColon + 1) : "";
        if (host.startsWith("[") != host.endsWith("]")) {
            throw bad(text, "one of its brackets has no partner");
        }
        if (host.isEmpty() || !port.matches("\\d{0,5}")) {
            throw bad(text, "there is no host name in it, or no number behind the colon");
        }
        int question = rest.indexOf('?', end);
        String path = rest.substring(end, question < 0 ? rest.length() : question);
        return new RequestUrl(
                scheme, host, port, path.isEmpty() ? "/" : path, question < 0 ? "" : rest.substring(question));
    }

    private static CommandFailure bad(String text, String reason) {
        return new CommandFailure(
                ExitStatus.WRONG_USAGE,
                "cannot make sense of the URL \"" + Printable.kept(text) + "\": " + reason,
                "for example: loopgate explain http://app.localhost/some/path");
    }

    /** The authority of the request: with the port it was given, or else the gateway's. */
    String authority(int gatewayPort) {
        return host + ":" + (port.isEmpty() ? Integer.toString(gatewayPort) : port);
    }
}
