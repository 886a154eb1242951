package dev.loopgate.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/** Tells clients that come over TLS where HTTP/3 is to be had (RFC 7838). Safe for use by any thread. */
final class AltSvc {

    /** How long a client may remember it, in seconds: it may be switched off, and tried in vain then. */
    private static final int AGE = 3600;

    private volatile List<Place> places = List.of();

    private record Place(InetAddress address, String port, String line) {}

    void announce(Set<InetSocketAddress> addresses) {
        places = addresses.stream()
                .map(address -> new Place(
                        address.getAddress(),
                        Integer.toString(address.getPort()),
                        "Alt-Svc: h3=\":" + address.getPort() + "\"; ma=" + AGE + "\r\n"))
                .toList();
    }

    /** A field line with its CRLF; empty where there is nothing to tell. */
    String line(Client client) {
        List<Place> all = places;
        if (all.isEmpty() || !client.secure() || !client.direct()) {
            return "";
        }
        for (int i = 0; i < all.size(); i++) {
            Place place = all.get(i);
            if (place.port.equals(client.portText()) && place.address.equals(client.gateway())) {
                return place.line;
            }
        }
        return "";
    }
}
