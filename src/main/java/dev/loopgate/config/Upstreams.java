package dev.loopgate.config;

import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.Target;
import dev.loopgate.model.Target.Upstream;
import dev.loopgate.model.UpstreamAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Backends as text: a port, host:port, a URL, a Unix socket. */
final class Upstreams {

    private static final String HTTP_FORMS = "a port, host:port, http(s)://host:port/base or unix:///path";
    private static final String TCP_FORMS = "a port, host:port, tls://host:port or unix:///path";
    private static final String UDP_FORMS = "a port or host:port";

    /** What fits into a {@code sockaddr_un} on every system, its terminating zero left out. */
    private static final int LONGEST_SOCKET_PATH = 103;

    /** One that is listened on has a longer name until it is ready. */
    private static final int LONGEST_OWN_SOCKET_PATH = LONGEST_SOCKET_PATH - 6;

    private static final String TLS = "tls";
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern RANGE = Pattern.compile("(.*:)?([0-9]+)-([0-9]+)");
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*", Pattern.DOTALL);

    private final Problems problems;
    private final Scalars scalars;
    private final HostNames names;
    private final PathPrefixes prefixes;

    Upstreams(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
        names = new HostNames(problems);
        prefixes = new PathPrefixes(problems);
    }

    /** A backend that speaks HTTP. */
    Optional<Upstream> http(Item item) {
        return scalars.scalar(item, HTTP_FORMS).flatMap(scalar -> {
            String text = scalar.text();
            if (text.startsWith("unix:")) {
                return socket(scalar, "the target ", LONGEST_SOCKET_PATH).map(address -> new Upstream(address, ""));
            }
            String scheme = scheme(text);
            for (Target.Scheme known : Target.Scheme.values()) {
                if (scheme.equals(known.text())) {
                    return url(scalar, text.substring(scheme.length() + "://".length()), known);
                }
            }
            if (!scheme.isEmpty()) {
                return refuseScheme(scalar, scheme);
            }
            if (text.startsWith("/") || text.startsWith("./") || text.startsWith("../")) {
                return refuse(scalar, "is a path", "to serve a folder write {files: " + text + "}");
            }
            if (text.contains("/")) {
                return refuse(scalar, "has a path but no scheme", "write http://" + text);
            }
            return address(scalar, text, Optional.empty()).map(address -> new Upstream(address, ""));
        });
    }

    /** The same for alternatives; those that have a problem are left out. */
    List<List<UpstreamAddress>> ofForward(List<Item> alternatives, Protocol protocol, int size) {
        return alternatives.stream()
                .map(item -> ofForward(item, protocol, size))
                .filter(addresses -> !addresses.isEmpty())
                .toList();
    }

    /**
     * Backends that speak anything over TCP or UDP.
     *
     * @param size how many ports are forwarded: that many addresses are the answer, of consecutive ports; zero where that is
     *     not known because of another problem
     */
    List<UpstreamAddress> ofForward(Item item, Protocol protocol, int size) {
        String forms = protocol == Protocol.TCP ? TCP_FORMS : UDP_FORMS;
        Optional<Scalar> found = scalars.scalar(item, forms);
        if (found.isEmpty()) {
            return List.of();
        }
        Scalar scalar = found.get();
        String scheme = scheme(scalar.text());
        if (protocol == Protocol.UDP && scalar.text().startsWith("unix:")) {
            refuse(scalar, "is a Unix socket, and this forward is UDP", "write " + forms);
            return List.of();
        }
        boolean secure = scheme.equals(TLS);
        if (secure && protocol == Protocol.UDP) {
            refuse(scalar, "is spoken to over TLS, and this forward is UDP", "write " + forms);
            return List.of();
        }
        if (!scheme.isEmpty() && !scheme.equals("unix") && !secure) {
            refuse(scalar, "is a URL, and a forward carries bytes of any kind", "write " + forms);
            return List.of();
        }
        String text = secure ? scalar.text().substring((TLS + "://").length()) : scalar.text();
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            return range(scalar, range, size).stream()
                    .map(one -> secure ? new UpstreamAddress.Tls(one) : one)
                    .toList();
        }
        Optional<? extends UpstreamAddress> address = text.startsWith("unix:") && !secure
                ? socket(scalar, "the target ", LONGEST_SOCKET_PATH)
                : address(scalar, text, Optional.empty());
        if (size > 1) {
            address.ifPresent(one -> refuse(
                    scalar,
                    "is one target for " + size + " ports",
                    "write a range of " + size + " ports, such as 9000-" + (9000 + size - 1)));
            return List.of();
        }
        return address.<UpstreamAddress>map(one -> secure ? new UpstreamAddress.Tls(one) : one).stream()
                .toList();
    }

    /** Whether this is written as a target over TLS. */
    static boolean isSecure(Item item) {
        return item instanceof Scalar scalar && scheme(scalar.text()).equals(TLS);
    }

    private List<UpstreamAddress> range(Scalar scalar, Matcher range, int size) {
        Optional<Integer> first = scalars.port(scalar, range.group(2));
        Optional<Integer> last = scalars.port(scalar, range.group(3));
        if (first.isEmpty() || last.isEmpty()) {
            return List.of();
        }
        int ports = last.get() - first.get() + 1;
        if (ports < 1) {
            refuse(scalar, "ends before it begins", "write " + range.group(3) + "-" + range.group(2));
            return List.of();
        }
        if (ports != size && size > 0) {
            refuse(scalar, "is " + count(ports) + " for a forward of " + count(size), "both ranges need the same size");
            return List.of();
        }
        String host = range.group(1) == null ? "" : range.group(1);
        List<UpstreamAddress> addresses = new ArrayList<>();
        for (int port = first.get(); port <= last.get(); port++) {
            Optional<UpstreamAddress> address = address(scalar, host + port, Optional.empty());
            if (address.isEmpty()) {
                return List.of();
            }
            addresses.add(address.get());
        }
        return addresses;
    }

    private static String count(int ports) {
        return ports == 1 ? "1 port" : ports + " ports";
    }

    private static String scheme(String text) {
        Matcher matcher = SCHEME.matcher(text);
        return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
    }

    private <T> Optional<T> refuseScheme(Scalar scalar, String scheme) {
        return switch (scheme) {
            case "h2" ->
                refuse(
                        scalar,
                        "begins with h2://",
                        "write https://, where HTTP/2 is spoken with whoever wants it; without TLS h2c://");
            case "grpc", "grpcs" ->
                refuse(
                        scalar,
                        "begins with " + scheme + "://",
                        scheme.equals("grpc") ? "write h2c://" : "write https://");
            case "h3" ->
                refuse(scalar, "begins with h3://", "write https://: upstreams are spoken to in HTTP/2 and HTTP/1.1");
            case "ws", "wss" ->
                refuse(
                        scalar,
                        "begins with " + scheme + "://",
                        "write http:// or the port alone: WebSockets pass through");
            case TLS -> refuse(scalar, "begins with tls://", "write https://; what is not HTTP belongs under forwards");
            case "tcp" -> refuse(scalar, "begins with tcp://", "ports without HTTP belong under forwards");
            default -> refuse(scalar, "begins with " + scheme + "://", "write " + HTTP_FORMS);
        };
    }

    private Optional<Upstream> url(Scalar scalar, String rest, Target.Scheme scheme) {
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        if (authority.contains("@")) {
            // Without the text: there may be a password in it, and messages end up in logs.
            problems.error(
                    scalar.place(),
                    "the target has a user name in its URL",
                    "leave it out; headers: {request: {set: {Authorization: …}}} sends one");
            return Optional.empty();
        }
        if (rest.contains("?") || rest.contains("#")) {
            return refuse(scalar, "is more than a base path", "leave out what begins with ? or #");
        }
        Optional<UpstreamAddress> address = address(scalar, authority, Optional.of(scheme.port()));
        Optional<String> base = slash < 0
                ? Optional.of("")
                : prefixes.prefix(scalar, rest.substring(slash))
                        .map(prefix -> prefix.value().equals("/") ? "" : prefix.value());
        return address.flatMap(found -> base.map(path -> new Upstream(found, path, scheme)));
    }

    /** A Unix socket that is listened on. */
    Optional<BindAddress> listener(Scalar scalar) {
        return socket(scalar, "", LONGEST_OWN_SOCKET_PATH).map(socket -> BindAddress.unix(socket.path()));
    }

    private Optional<UpstreamAddress.UnixSocket> socket(Scalar scalar, String subject, int longest) {
        String text = scalar.text();
        boolean isAbstract = text.startsWith("unix://@") && text.length() > "unix://@".length();
        if (!text.startsWith("unix:///") && !isAbstract) {
            return refuse(
                    scalar,
                    subject,
                    "names no absolute path",
                    "write unix:///run/app.sock, with three slashes, or unix://@name for an abstract one of Linux");
        }
        String path = text.substring("unix://".length());
        if (path.endsWith("/") || path.indexOf('\0') >= 0) {
            return refuse(
                    scalar, subject, "names no socket", "write unix:///run/app.sock; a base path is not possible");
        }
        if (path.contains(":/")) {
            return refuse(scalar, subject, "has a base path", "a Unix socket takes none: use rewrite");
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > longest) {
            return refuse(
                    scalar,
                    subject,
                    "is longer than the " + longest + " bytes of a socket's path",
                    "use a shorter path");
        }
        return Optional.of(new UpstreamAddress.UnixSocket(path));
    }

    private Optional<UpstreamAddress> address(Scalar at, String text, Optional<Integer> defaultPort) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 && defaultPort.isEmpty()) {
            if (DIGITS.matcher(text).matches()) {
                return scalars.port(at, text).map(UpstreamAddress.LoopbackPort::new);
            }
            if (names.name(at, text).isEmpty()) {
                return Optional.empty();
            }
            return refuse(at, "has no port", "write " + at.text() + ":80, or whichever port it is");
        }
        boolean bare = text.startsWith("[") ? text.endsWith("]") : colon < 0;
        if (bare && defaultPort.isEmpty()) {
            return refuse(at, "has no port", "write " + at.text() + ":80, or whichever port it is");
        }
        String host = bare ? text : text.substring(0, colon);
        Optional<Integer> port = bare ? defaultPort : scalars.port(at, text.substring(colon + 1));
        return port.isEmpty() ? Optional.empty() : host(at, host, port.get());
    }

    private Optional<UpstreamAddress> host(Scalar at, String host, int port) {
        if (host.isEmpty()) {
            return refuse(at, "has no host", "write " + port + " for a port of this machine");
        }
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        if (!brackets && host.contains(":")) {
            return refuse(at, "has an IPv6 address without brackets", "write [" + host + "]:" + port);
        }
        if (brackets) {
            Optional<String> literal =
                    IpLiteral.parse(host.substring(1, host.length() - 1)).map(IpLiteral::text);
            if (literal.isEmpty()) {
                return refuse(at, "has no IPv6 address between its brackets", "write [::1]:" + port);
            }
            return target(at, literal.get(), port);
        }
        return names.name(at, host).flatMap(name -> target(at, name, port));
    }

    private Optional<UpstreamAddress> target(Scalar at, String host, int port) {
        return switch (host) {
            case "localhost" -> Optional.of(new UpstreamAddress.LoopbackPort(port));
            case "0.0.0.0", "::" ->
                refuse(
                        at,
                        "is an address to listen on, not one to connect to",
                        "write " + port + " for a port of this machine");
            default -> Optional.of(new UpstreamAddress.HostPort(host, port));
        };
    }

    /** A value for a Host field: a name or address, with a port or without; in lower case. */
    Optional<String> authority(Scalar scalar) {
        String text = scalar.text();
        if (text.contains("/")) {
            problems.error(
                    scalar.place(), scalar.shown() + " is no Host to send", "preserve, rewrite, or app.localhost:3000");
            return Optional.empty();
        }
        int colon = text.endsWith("]") ? -1 : text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        Optional<String> name = brackets
                ? IpLiteral.parse(host.substring(1, host.length() - 1))
                        .map(address -> "[" + IpLiteral.text(address) + "]")
                : host.contains(":") || host.isEmpty() ? Optional.empty() : names.name(scalar, host);
        if (name.isEmpty()) {
            if (brackets || host.contains(":") || host.isEmpty()) {
                problems.error(
                        scalar.place(),
                        scalar.shown() + " is no Host to send",
                        "preserve, rewrite, or app.localhost:3000");
            }
            return Optional.empty();
        }
        return colon < 0
                ? name
                : scalars.port(scalar, text.substring(colon + 1)).map(port -> name.get() + ":" + port);
    }

    private <T> Optional<T> refuse(Scalar at, String message, String hint) {
        return refuse(at, "the target ", message, hint);
    }

    /** @param subject what the text is, in front of it */
    private <T> Optional<T> refuse(Scalar at, String subject, String message, String hint) {
        problems.error(at.place(), subject + at.shown() + " " + message, hint);
        return Optional.empty();
    }
}
