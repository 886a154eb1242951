package dev.loopgate.http;

import dev.loopgate.net.Diagnosis.Finding;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A failure as the client reads it: HTML for browsers, JSON for programs that ask for it, else one line of text.
 */
public final class FailurePage {

    /** The forms of a page. */
    public enum Format {
        HTML("text/html; charset=utf-8"),
        JSON("application/json"),
        TEXT("text/plain; charset=utf-8");

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        public String contentType() {
            return contentType;
        }
    }

    private static final int HOSTS_IN_TEXT = 20;

    private final List<Map.Entry<String, String>> fields;
    private final byte[] body;

    private FailurePage(List<Map.Entry<String, String>> fields, byte[] body) {
        this.fields = fields;
        this.body = body;
    }

    /** The header fields that go with the body, in order; without Content-Length, Date and Connection. */
    public List<Map.Entry<String, String>> fields() {
        return fields;
    }

    /** UTF-8; made for this answer alone, so the caller may keep or wrap it. */
    public byte[] body() {
        return body;
    }

    /**
     * The form that an Accept field asks for.
     *
     * @param accept all Accept lines, joined by commas; empty where there is none
     */
    public static Format choose(String accept) {
        return AcceptHeader.choose(accept);
    }

    /**
     * Renders a failure.
     *
     * @param detailed whether the client may know names, addresses and causes; else it gets the bare status and code
     */
    public static FailurePage of(Failure failure, Format format, boolean detailed) {
        String body = switch (format) {
            case HTML -> FailureHtml.render(failure, detailed);
            case JSON -> json(failure, detailed);
            case TEXT -> text(failure, detailed);
        };
        List<Map.Entry<String, String>> fields = new ArrayList<>(8);
        fields.add(Map.entry("Content-Type", format.contentType()));
        fields.add(Map.entry("X-Loopgate-Error", failure.code().text()));
        failure.retryAfter()
                .ifPresent(delay ->
                        fields.add(Map.entry("Retry-After", Long.toString(Math.max(1, delay.toSeconds())))));
        fields.add(Map.entry("Cache-Control", "no-store"));
        fields.add(Map.entry("Vary", "Accept"));
        fields.add(Map.entry("X-Content-Type-Options", "nosniff"));
        if (format == Format.HTML) {
            fields.add(Map.entry("Content-Security-Policy", FailureHtml.contentSecurityPolicy(failure)));
            fields.add(Map.entry("Referrer-Policy", "no-referrer"));
        }
        return new FailurePage(List.copyOf(fields), body.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(Failure failure, boolean detailed) {
        JsonObject object = new JsonObject()
                .put("status", failure.code().status())
                .put("code", failure.code().text());
        if (detailed) {
            object.put("title", failure.code().title()).put("cause", failure.cause());
            object.put("fix", failure.fix().orElse(null));
            object.put("method", failure.method())
                    .put("host", failure.authority())
                    .put("target", failure.target());
            object.put("upstream", failure.upstream().isEmpty() ? null : failure.upstream());
            object.put("nearest", new JsonArray(new ArrayList<>(failure.nearest())));
            JsonArray diagnosis = new JsonArray();
            failure.diagnosis().forEach(found -> diagnosis.add(json(found)));
            object.put("diagnosis", diagnosis);
            JsonArray hosts = new JsonArray();
            for (Failure.ListedHost host : failure.hosts()) {
                hosts.add(new JsonObject().put("name", host.name()).put("target", host.target()));
            }
            object.put("hosts", hosts);
        }
        return object.encode() + "\n";
    }

    private static JsonObject json(Finding found) {
        JsonObject object = new JsonObject()
                .put("kind", found.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("text", found.text());
        found.process().ifPresent(holder -> {
            JsonObject process = new JsonObject();
            if (holder.pid() > 0) {
                process.put("pid", holder.pid()).put("name", holder.name()).put("command", holder.command());
            }
            process.put("user", holder.user());
            found.directory().ifPresent(folder -> process.put("directory", folder.toString()));
            object.put("process", process);
        });
        return object;
    }

    private static String text(Failure failure, boolean detailed) {
        StringBuilder line = new StringBuilder(160);
        line.append(failure.code().status()).append(' ').append(failure.code().text());
        if (detailed) {
            line.append(": ").append(failure.asksForGateway() ? hosts(failure.hosts()) : explanation(failure));
        }
        for (int i = 0; i < line.length(); i++) {
            if (Character.isISOControl(line.charAt(i))) {
                line.setCharAt(i, '\ufffd');
            }
        }
        return line.append('\n').toString();
    }

    private static String explanation(Failure failure) {
        List<String> sentences = new ArrayList<>(3);
        sentences.add(failure.cause());
        failure.diagnosis().forEach(found -> sentences.add(found.text()));
        if (!failure.nearest().isEmpty()) {
            sentences.add("Did you mean " + String.join(" or ", failure.nearest()) + "?");
        }
        failure.fix().ifPresent(sentences::add);
        return String.join(" ", sentences);
    }

    private static String hosts(List<Failure.ListedHost> all) {
        if (all.isEmpty()) {
            return "Loopgate is running. No host is set up yet: give a port a name under hosts in loopgate.yaml.";
        }
        String names =
                all.stream().limit(HOSTS_IN_TEXT).map(Failure.ListedHost::name).collect(Collectors.joining(", "));
        int more = all.size() - HOSTS_IN_TEXT;
        return "Loopgate is running. Hosts: " + names + (more > 0 ? " and " + more + " more." : ".");
    }
}
