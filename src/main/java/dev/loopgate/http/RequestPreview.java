package dev.loopgate.http;

import dev.loopgate.model.FieldEdits;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions.HostHeader;
import dev.loopgate.model.Target;
import dev.loopgate.model.Target.PathRewrite;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.routing.RouteDecision;
import dev.loopgate.routing.RoutingTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an upstream would be sent, written by the rules that write it when it is, and why. Nothing is sent.
 *
 * @param lines the head that goes upstream, the request line first, without the empty line at its end
 * @param removed lines of the client's that do not go on
 */
public record RequestPreview(List<Line> lines, List<Line> removed) {

    /** What became of a line. */
    public enum Fate {
        /** As the client sent it. */
        KEPT,
        /** The gateway's own, or changed by it. */
        SET,
        /** The client's, and not passed on. */
        REMOVED
    }

    /** @param why in one clause */
    public record Line(String text, Fate fate, String why) {}

    public RequestPreview {
        lines = List.copyOf(lines);
        removed = List.copyOf(removed);
    }

    /**
     * The head that goes upstream for a request of a client on this machine.
     *
     * @param upstream one of the route's
     * @param method of the request
     * @param authority the Host field of the request
     * @param target path and query of the request
     * @param fields further lines of the request: {@code Name: value}
     * @param port the gateway's, to which the client has connected
     * @param trusted whether the client's own forwarding fields are believed
     * @param secure whether the client comes over TLS
     * @throws IllegalArgumentException where no such request would be taken, with status and reason as its message
     */
    public static RequestPreview of(
            Route route,
            Target.Upstream upstream,
            String method,
            String authority,
            String target,
            List<String> fields,
            int port,
            boolean trusted,
            boolean secure) {
        Head head = new Head();
        RequestTarget parsed = new RequestTarget();
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: " + authority + "\r\n");
        fields.forEach(field -> request.append(field).append("\r\n"));
        byte[] bytes = request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        Identity identity = new Identity();
        try {
            new HeadParser(head).parseRequest(bytes, bytes.length);
            parsed.read(head);
            Framing.ofRequest(head);
        } catch (MalformedMessage e) {
            throw new IllegalArgumentException(e.code().status() + ": " + e.reason(), e);
        }
        if (Refusal.of(head, identity) instanceof Refusal.Fault fault) {
            throw new IllegalArgumentException(fault.code().status() + ": " + fault.cause());
        }
        Hop hop = new Hop(upstream, new Upstream(Peer.plain(upstream.address()), 0));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Client plain = new Client(new InetSocketAddress(loopback, 0), new InetSocketAddress(loopback, port));
        Client client = secure ? plain.secured("") : plain;
        HeadBuilder out = new HeadBuilder();
        int connection = ConnectionField.read(head);
        new RequestRules(head, parsed, out, identity)
                .write(
                        new HttpRoute(route, List.of(hop), true, false),
                        hop,
                        client,
                        trusted,
                        connection,
                        Upgrades.isPassedOn(head, connection),
                        prefixLength(route, head, parsed));
        List<String> written = new String(out.bytes, 0, out.length, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
        return compare(route, head, written, method + " " + target + " HTTP/1.1", trusted);
    }

    /** The lines alone. */
    public List<String> head() {
        return lines.stream().map(Line::text).toList();
    }

    private static RequestPreview compare(
            Route route, Head head, List<String> written, String requestLine, boolean trusted) {
        List<String> sent = new ArrayList<>();
        List<Integer> fieldOf = new ArrayList<>();
        for (int i = 0; i < head.fields; i++) {
            sent.add(head.text(head.nameStart[i], head.lineEnd(i)).strip());
            fieldOf.add(i);
        }
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            String line = written.get(i);
            if (i == 0) {
                boolean same = line.equals(requestLine);
                lines.add(new Line(line, same ? Fate.KEPT : Fate.SET, same ? "as it came" : path(route)));
                continue;
            }
            int same = sent.indexOf(line);
            if (same >= 0) {
                sent.remove(same);
                fieldOf.remove(same);
                lines.add(new Line(line, Fate.KEPT, head(line, "host") ? "host: preserve" : "as it came"));
            } else {
                lines.add(new Line(line, Fate.SET, set(line, route)));
            }
        }
        List<Line> removed = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            removed.add(new Line(sent.get(i), Fate.REMOVED, removed(head, fieldOf.get(i), route, trusted)));
        }
        return new RequestPreview(lines, removed);
    }

    private static boolean head(String line, String name) {
        return line.regionMatches(true, 0, name + ":", 0, name.length() + 1);
    }

    private static String path(Route route) {
        if (route.target() instanceof Target.Proxy proxy) {
            if (proxy.rewrite() instanceof PathRewrite.Strip) {
                return "strip: " + route.prefix() + " is cut off";
            }
            if (proxy.rewrite() instanceof PathRewrite.Replace replace) {
                return "rewrite: " + route.prefix() + " becomes " + replace.prefix();
            }
            return "the target's base path goes before it";
        }
        return "the path from the folder on";
    }

    /** Why the gateway writes a line of its own. */
    private static String set(String line, Route route) {
        String name = line.substring(0, Math.max(0, line.indexOf(':'))).toLowerCase(Locale.ROOT);
        FieldEdits edits = route.options().request();
        if (edits.set().keySet().stream().anyMatch(name::equalsIgnoreCase)) {
            return "headers.request.set of the route";
        }
        if (edits.add().keySet().stream().anyMatch(name::equalsIgnoreCase)) {
            return "headers.request.add of the route";
        }
        return switch (name) {
            case "host" ->
                route.options().host() instanceof HostHeader.Literal
                        ? "host: of the route"
                        : route.options().host() instanceof HostHeader.Rewrite
                                ? "host: rewrite, the upstream's own name"
                                : "the request's own";
            case "via" -> "names this gateway, so that a loop is noticed";
            case "connection" -> "for the next hop: the gateway's own";
            case "te" -> "the client takes trailers";
            case "max-forwards" -> "counted down";
            case "x-forwarded-for" -> "the client's address";
            case "x-forwarded-host" -> "the Host that the client asked for";
            case "x-forwarded-proto" -> "how the client came";
            case "x-forwarded-port" -> "the port that the client came to";
            default -> "the gateway's own";
        };
    }

    /** Why a line of the client's does not go on. */
    private static String removed(Head head, int field, Route route, boolean trusted) {
        FieldEdits edits = route.options().request();
        String name = head.text(head.nameStart[field], head.nameEnd[field]);
        if (edits.remove().stream().anyMatch(name::equalsIgnoreCase)) {
            return "headers.request.remove of the route";
        }
        if (edits.set().keySet().stream().anyMatch(name::equalsIgnoreCase)) {
            return "headers.request.set of the route replaces it";
        }
        return switch (head.kind[field]) {
            case FieldKind.HOST -> "the route's host: option replaces it";
            case FieldKind.X_FORWARDED_FOR, FieldKind.FORWARDED ->
                trusted
                        ? "the gateway's own takes it in"
                        : "forwarding field of a client that is not in trusted-proxies";
            case FieldKind.MAX_FORWARDS -> "counted down (RFC 9110 §7.6.2)";
            case FieldKind.CONNECTION, FieldKind.KEEP_ALIVE, FieldKind.TE, FieldKind.UPGRADE, FieldKind.HOP_BY_HOP ->
                "for this hop only (RFC 9110 §7.6.1)";
            default ->
                ConnectionField.nominated(head, field)
                        ? "Connection names it: for this hop only (RFC 9110 §7.6.1)"
                        : "not passed on";
        };
    }

    private static int prefixLength(Route route, Head head, RequestTarget parsed) {
        RoutingTable<Route> alone =
                RoutingTable.of(List.of(new VirtualHost(HostPattern.any(), List.of(route))), (host, only) -> only);
        String path = head.text(parsed.pathStart, parsed.pathEnd);
        return alone.decide("preview", path) instanceof RouteDecision.Matched<Route> matched
                ? matched.prefixLength()
                : 0;
    }
}
