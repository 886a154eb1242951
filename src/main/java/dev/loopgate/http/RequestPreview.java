package dev.loopgate.http;

import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.routing.RouteDecision;
import dev.loopgate.routing.RoutingTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What an upstream would be sent, written by the rules that write it when it is. Nothing is sent. */
public final class RequestPreview {

    private RequestPreview() {}

    /**
     * The head that goes upstream for a GET by a client on this machine.
     *
     * @param upstream one of the route's
     * @param authority the Host field of the request
     * @param target path and query of the request
     * @param port the gateway's, to which the client has connected
     * @return its lines, without the empty one at the end
     * @throws IllegalArgumentException where no such request would be taken, with the reason as its message
     */
    public static List<String> head(Route route, Target.Upstream upstream, String authority, String target, int port) {
        Head head = new Head();
        RequestTarget parsed = new RequestTarget();
        byte[] request =
                ("GET " + target + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
        try {
            new HeadParser(head).parseRequest(request, request.length);
            parsed.read(head);
        } catch (MalformedMessage e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        Hop hop = new Hop(upstream, new Upstream(upstream.address(), 0));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Client client = new Client(new InetSocketAddress(loopback, 0), new InetSocketAddress(loopback, port));
        HeadBuilder out = new HeadBuilder();
        new RequestRules(head, parsed, out, new Identity())
                .write(
                        new HttpRoute(route, List.of(hop)),
                        hop,
                        client,
                        false,
                        0,
                        false,
                        prefixLength(route, head, parsed));
        return new String(out.bytes, 0, out.length, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
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
