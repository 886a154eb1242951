package dev.loopgate.http;

import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Target;
import dev.loopgate.net.Addresses;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer that the gateway gives itself: a failure, a redirect, a fixed response. */
final class OwnAnswer {

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final int status;
    private final String reason;
    private final List<Map.Entry<String, String>> fields;
    private final byte[] body;

    private OwnAnswer(int status, String reason, List<Map.Entry<String, String>> fields, byte[] body) {
        this.status = status;
        this.reason = reason;
        this.fields = fields;
        this.body = body;
    }

    /** A request of which nothing can be said but that it is wrong; only a neighbour on this machine is told how. */
    static OwnAnswer unreadable(Failure failure, boolean loopback) {
        return page(failure, FailurePage.Format.TEXT, loopback);
    }

    /** @param detailed whether the client {@link #mayKnow} */
    static OwnAnswer failure(Failure failure, Head head, RequestTarget target, boolean detailed) {
        Failure whole = failure.withRequest(
                head.text(head.methodStart, head.methodEnd),
                head.text(target.hostStart, target.authorityEnd),
                head.text(target.pathStart, head.targetEnd));
        return page(whole, FailurePage.choose(accept(head)), detailed);
    }

    private static OwnAnswer page(Failure failure, FailurePage.Format format, boolean detailed) {
        FailurePage page = FailurePage.of(failure, format, detailed);
        return new OwnAnswer(failure.code().status(), failure.code().reason(), page.fields(), page.body());
    }

    /** The same with one more field. */
    OwnAnswer with(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(fields);
        more.add(Map.entry(name, value));
        return new OwnAnswer(status, reason, more, body);
    }

    /** Whether the request looks like a person's who wants to see a page. */
    static boolean wantsPage(Head head) {
        return head.methodIs("GET") && FailurePage.choose(accept(head)) == FailurePage.Format.HTML;
    }

    private static String accept(Head head) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < head.fields; i++) {
            if (head.kind[i] == FieldKind.ACCEPT) {
                all.append(all.isEmpty() ? "" : ",").append(head.text(head.valueStart[i], head.valueEnd[i]));
            }
        }
        return all.toString();
    }

    /**
     * Names, addresses and causes are for a direct client on this machine that asks for a name of this machine: whoever
     * comes through another proxy, or by a name that was rebound to us, learns nothing.
     */
    static boolean mayKnow(Head head, RequestTarget target, Client client, HttpPlan plan) {
        // Any field of the family, in any spelling: who sends one is, or stands behind, another proxy.
        if (!client.loopback()
                || head.has(FieldKind.VIA)
                || head.has(FieldKind.X_FORWARDED_FOR)
                || head.has(FieldKind.FORWARDED)) {
            return false;
        }
        String host = head.text(target.hostStart, target.hostEnd).toLowerCase(Locale.ROOT);
        return isLocalName(host) || plan.table().hosts().stream().anyMatch(pattern -> names(pattern, host));
    }

    private static boolean isLocalName(String host) {
        if (host.equals("localhost") || host.equals("localhost.") || host.endsWith(".localhost")) {
            return true;
        }
        if (host.startsWith("[") || isDottedLoopback(host)) {
            try {
                String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
                return Addresses.literal(bare).isLoopbackAddress();
            } catch (IllegalArgumentException name) {
                return false;
            }
        }
        return false;
    }

    private static boolean isDottedLoopback(String host) {
        return host.startsWith("127.") && host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    private static boolean names(HostPattern pattern, String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return switch (pattern.kind()) {
            case EXACT -> name.equals(pattern.name());
            case WILDCARD -> name.endsWith("." + pattern.name());
            // «any name» is no name of ours: a rebound one would match it as well.
            case ANY -> false;
        };
    }

    /** A location without a path gets the request's own path and query. */
    static OwnAnswer redirect(Target.Redirect redirect, Head head, RequestTarget target) {
        String location = redirect.location();
        int scheme = location.indexOf("://");
        if (scheme > 0 && location.indexOf('/', scheme + 3) < 0 && location.indexOf('?') < 0) {
            location += target.pathStart == head.targetEnd ? "/" : head.text(target.pathStart, head.targetEnd);
        }
        return new OwnAnswer(
                redirect.status(), reasonOf(redirect.status()), List.of(Map.entry("Location", location)), new byte[0]);
    }

    /**
     * Adds the slash without which a page's relative links would lead beside its folder. The location is relative, and
     * nothing for good: the folder may become something else.
     */
    static OwnAnswer intoFolder(Head head, RequestTarget target) {
        String path = head.text(target.pathStart, target.pathEnd);
        String location =
                "./" + path.substring(path.lastIndexOf('/') + 1) + "/" + head.text(target.pathEnd, head.targetEnd);
        return new OwnAnswer(
                302,
                reasonOf(302),
                List.of(Map.entry("Location", location), Map.entry("Cache-Control", "no-cache")),
                new byte[0]);
    }

    /** The same address over TLS, on the same port; never for good, as the setting may change. */
    static OwnAnswer toHttps(Head head, RequestTarget target) {
        String location = "https://" + head.text(target.hostStart, target.authorityEnd)
                + (target.pathStart == head.targetEnd ? "/" : head.text(target.pathStart, head.targetEnd));
        return new OwnAnswer(307, reasonOf(307), List.of(Map.entry("Location", location)), new byte[0]);
    }

    static OwnAnswer respond(Target.Respond respond) {
        List<Map.Entry<String, String>> fields =
                new ArrayList<>(respond.headers().entrySet());
        boolean typed = fields.stream().anyMatch(field -> field.getKey().equalsIgnoreCase("Content-Type"));
        if (!typed && !respond.body().isEmpty()) {
            fields.add(Map.entry("Content-Type", guessType(respond.body())));
        }
        return new OwnAnswer(
                respond.status(),
                reasonOf(respond.status()),
                fields,
                respond.body().getBytes(StandardCharsets.UTF_8));
    }

    /** What a gateway can say of itself (RFC 9110 §9.3.7). */
    static OwnAnswer capabilities() {
        return new OwnAnswer(
                204,
                "No Content",
                List.of(Map.entry("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")),
                new byte[0]);
    }

    private static String guessType(String body) {
        String start = body.stripLeading();
        if (start.startsWith("<")) {
            return "text/html; charset=utf-8";
        }
        if (start.startsWith("{") || start.startsWith("[")) {
            return "application/json";
        }
        return "text/plain; charset=utf-8";
    }

    private static String reasonOf(int status) {
        return io.netty.handler.codec.http.HttpResponseStatus.valueOf(status).reasonPhrase();
    }

    int status() {
        return status;
    }

    int bodyLength() {
        return body.length;
    }

    /**
     * Writes the head.
     *
     * @param ownLines what the gateway says for itself: lines with their CRLF, or nothing
     * @param toHead whether the body stays away, though its length is told
     * @return the body
     */
    ByteBuf write(HeadBuilder out, String ownLines, boolean toHead, @Nullable FieldChanges changes) {
        out.clear().append("HTTP/1.1 ").append(Integer.toString(status)).append(' ');
        out.append(reason).crlf();
        out.append("Date: ")
                .append(DATE.format(ZonedDateTime.now(ZoneOffset.UTC)))
                .crlf();
        for (Map.Entry<String, String> field : fields) {
            if (changes == null || !changes.names(field.getKey().toLowerCase(Locale.ROOT))) {
                out.append(field.getKey()).append(": ");
                out.append(field.getValue().getBytes(StandardCharsets.UTF_8)).crlf();
            }
        }
        boolean bodiless = status == 204 || status == 304;
        if (!bodiless) {
            out.append("Content-Length: ").append(Integer.toString(body.length)).crlf();
        }
        out.append(ownLines);
        if (changes != null) {
            out.append(changes.appended());
        }
        out.crlf();
        return toHead || bodiless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
    }
}
