package dev.loopgate.http;

import dev.loopgate.model.RouteOptions.HostHeader;
import org.jspecify.annotations.Nullable;

/**
 * Writes the head that goes upstream: the client's own lines in their order, byte for byte, without what is meant for
 * this hop only (RFC 9110 §7.6.1), with the forwarding fields of this gateway in place of any that nobody vouches for.
 */
final class RequestRules {

    private final Head head;
    private final RequestTarget target;
    private final HeadBuilder out;
    private final Identity identity;

    RequestRules(Head head, RequestTarget target, HeadBuilder out, Identity identity) {
        this.head = head;
        this.target = target;
        this.out = out;
        this.identity = identity;
    }

    /**
     * Writes the head.
     *
     * @param hop the upstream it goes to
     * @param client where it comes from
     * @param trusted whether the client's own forwarding fields are believed
     * @param connection the client's Connection options, as {@link ConnectionField} flags
     * @param upgrade whether the client asks for an upgrade that is passed on
     * @param prefixLength how many bytes of the path the route's prefix takes
     */
    void write(
            HttpRoute route,
            Hop hop,
            Client client,
            boolean trusted,
            int connection,
            boolean upgrade,
            int prefixLength) {
        out.clear().append(head.bytes, head.methodStart, head.methodEnd).append(' ');
        path(route, hop, prefixLength);
        out.append(" HTTP/1.1\r\n");
        FieldChanges changes = route.requestChanges();
        boolean trailers = fields(route, hop, trusted, connection, upgrade, changes);
        forwardingFields(client, trusted, changes);
        identity.appendVia(out, client.version(head));
        if (upgrade) {
            out.append("Connection: Upgrade\r\n");
        } else if (trailers) {
            out.append(
                    route.keepAlive()
                            ? "TE: trailers\r\nConnection: TE\r\n"
                            : "TE: trailers\r\nConnection: TE, close\r\n");
        } else if (!route.keepAlive()) {
            out.append("Connection: close\r\n");
        }
        if (changes != null) {
            out.append(changes.appended());
        }
        out.crlf();
    }

    private void path(HttpRoute route, Hop hop, int prefixLength) {
        if (target.asterisk) {
            out.append('*');
            return;
        }
        int start = out.length;
        out.append(hop.basePath());
        int from = target.pathStart;
        byte[] replacement = route.prefixReplacement();
        if (replacement != null) {
            out.append(replacement);
            from = Math.min(target.pathEnd, from + prefixLength);
        }
        if (from == target.pathEnd && out.length == start) {
            out.append('/');
        }
        out.append(head.bytes, from, head.targetEnd);
    }

    /** Writes what is kept; says whether the client takes trailers. */
    private boolean fields(
            HttpRoute route,
            Hop hop,
            boolean trusted,
            int connection,
            boolean upgrade,
            @Nullable FieldChanges changes) {
        boolean nominations = (connection & ConnectionField.NOMINATES) != 0;
        boolean trailers = false;
        if (target.hostField < 0 || target.absolute) {
            host(route, hop);
        }
        int runStart = -1;
        int runEnd = -1;
        for (int i = 0; i < head.fields; i++) {
            int kind = head.kind[i];
            boolean keep = kind == FieldKind.OTHER || keeps(kind, trusted, upgrade, route);
            if (keep
                    && ((nominations && ConnectionField.nominated(head, i))
                            || (changes != null && changes.drops(head, i)))) {
                keep = false;
            }
            if (keep) {
                if (runEnd != head.nameStart[i]) {
                    flush(runStart, runEnd);
                    runStart = head.nameStart[i];
                }
                runEnd = head.lineEnd(i);
            } else if (kind == FieldKind.HOST && !target.absolute) {
                flush(runStart, runEnd);
                runStart = -1;
                runEnd = -1;
                host(route, hop);
            } else if (kind == FieldKind.TE) {
                trailers |= head.valueListContains(i, "trailers");
            } else if (kind == FieldKind.MAX_FORWARDS) {
                flush(runStart, runEnd);
                runStart = -1;
                runEnd = -1;
                maxForwards(i);
            }
        }
        flush(runStart, runEnd);
        return trailers;
    }

    private boolean keeps(int kind, boolean trusted, boolean upgrade, HttpRoute route) {
        return switch (kind) {
            case FieldKind.HOST -> !target.absolute && route.host() instanceof HostHeader.Preserve;
            case FieldKind.CONTENT_LENGTH, FieldKind.TRANSFER_ENCODING, FieldKind.VIA, FieldKind.ACCEPT -> true;
            case FieldKind.EXPECT -> head.minorVersion > 0;
            case FieldKind.UPGRADE -> upgrade;
            case FieldKind.FORWARDED -> trusted;
            case FieldKind.MAX_FORWARDS -> !head.methodIs("TRACE") && !head.methodIs("OPTIONS");
            default -> false;
        };
    }

    private void flush(int start, int end) {
        if (start >= 0) {
            out.append(head.bytes, start, end);
        }
    }

    private void host(HttpRoute route, Hop hop) {
        out.append("Host: ");
        HostHeader policy = route.host();
        if (policy instanceof HostHeader.Literal literal) {
            out.append(literal.value());
        } else if (policy instanceof HostHeader.Rewrite || !target.hasHost()) {
            out.append(hop.authority());
        } else {
            out.append(head.bytes, target.hostStart, target.authorityEnd);
        }
        out.crlf();
    }

    /** RFC 9110 §7.6.2; zero never gets here. */
    private void maxForwards(int field) {
        String value = head.text(head.valueStart[field], head.valueEnd[field]);
        if (value.matches("[0-9]{1,9}")) {
            out.append("Max-Forwards: ")
                    .append(Integer.toString(Integer.parseInt(value) - 1))
                    .crlf();
        }
    }

    private void forwardingFields(Client client, boolean trusted, @Nullable FieldChanges changes) {
        if (trusted || changes != null) {
            forwardingFieldsOneByOne(client, trusted, changes);
            return;
        }
        out.append(client.forwardingFields());
        if (target.hasHost()) {
            out.append("X-Forwarded-Host: ")
                    .append(head.bytes, target.hostStart, target.authorityEnd)
                    .crlf();
        }
    }

    private void forwardingFieldsOneByOne(Client client, boolean trusted, @Nullable FieldChanges changes) {
        if (changes == null || !changes.names("x-forwarded-for")) {
            out.append("X-Forwarded-For: ");
            for (int i = 0; trusted && i < head.fields; i++) {
                if (head.kind[i] == FieldKind.X_FORWARDED_FOR && head.valueEnd[i] > head.valueStart[i]) {
                    out.append(head.bytes, head.valueStart[i], head.valueEnd[i]).append(", ");
                }
            }
            out.append(client.addressText()).crlf();
        }
        own("X-Forwarded-Proto", client.scheme(), trusted, changes);
        own("X-Forwarded-Port", client.portText(), trusted, changes);
        if (target.hasHost()) {
            own("X-Forwarded-Host", head.text(target.hostStart, target.authorityEnd), trusted, changes);
        }
    }

    private void own(String name, String value, boolean trusted, @Nullable FieldChanges changes) {
        String lowerCase = name.toLowerCase(java.util.Locale.ROOT);
        if (changes != null && changes.names(lowerCase)) {
            return;
        }
        for (int i = 0; trusted && i < head.fields; i++) {
            if (head.kind[i] == FieldKind.FORWARDED && head.nameEquals(i, lowerCase)) {
                return;
            }
        }
        out.append(name).append(": ").append(value).crlf();
    }
}
