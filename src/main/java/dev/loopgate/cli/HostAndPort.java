package dev.loopgate.cli;

import dev.loopgate.diagnose.Speech.Wanted;
import dev.loopgate.net.Printable;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to connect to, as somebody types or pastes it.
 *
 * @param host a name or an address, without brackets
 * @param wanted what is to be spoken there, by the scheme where it was a URL
 */
record HostAndPort(String host, int port, Wanted wanted) {

    private static final int LAST_PORT = 65_535;

    private static final Pattern FORM = Pattern.compile(
            "(?:(?<scheme>[a-z][a-z0-9+.-]*)://)?(?:[^/?#@]*@)?"
                    + "(?:\\[(?<six>[0-9a-f:.]+(?:%[^\\]]+)?)]|(?<name>[^\\[\\]/?#:@\\s]*))(?::(?<port>[0-9]{1,9}))?(?:[/?#].*)?");

    /**
     * {@code HOST:PORT}, a port alone, which is one of this machine, or a URL.
     *
     * @throws CommandFailure where it is none of them
     */
    static HostAndPort parse(String text) {
        String typed = text.strip();
        if (typed.matches("[0-9]{1,9}")) {
            return of("localhost", typed, "", text);
        }
        Matcher form = FORM.matcher(typed.toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw bad(text, typed.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*") ? "an IPv6 address goes in brackets" : "");
        }
        String host = form.group("six") != null ? form.group("six") : form.group("name");
        String scheme = form.group("scheme") != null ? form.group("scheme") : "";
        String port = form.group("port") != null ? form.group("port") : usual(scheme);
        if (port.isEmpty()) {
            throw bad(text, "it has no port");
        }
        return of(host.isEmpty() ? "localhost" : host, port, scheme, text);
    }

    private static HostAndPort of(String host, String port, String scheme, String text) {
        int number = Integer.parseInt(port);
        if (number < 1 || number > LAST_PORT) {
            throw bad(text, "a port is 1 to " + LAST_PORT);
        }
        return new HostAndPort(host, number, Wanted.by(scheme));
    }

    private static String usual(String scheme) {
        return switch (Wanted.by(scheme)) {
            case PLAIN -> "80";
            case TLS -> "443";
            case ANY -> "";
        };
    }

    private static CommandFailure bad(String text, String reason) {
        return new CommandFailure(
                ExitStatus.WRONG_USAGE,
                "cannot make sense of \"" + Printable.kept(text) + "\"" + (reason.isEmpty() ? "" : ": " + reason),
                "for example: localhost:5432, [::1]:5432, 5432, https://app.localhost");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
