package dev.loopgate.http;

import dev.loopgate.http.Failure.ListedHost;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The HTML form of failures: the failure page, the page that waits for an upstream to start, and the start page of a
 * gateway that is asked for its own name. Each is one document that loads nothing else. The class is loaded with the
 * first HTML failure, its templates with it.
 */
final class FailureHtml {

    /** Hosts on the start page; with more, the command line is the better list. */
    private static final int HOSTS_SHOWN = 500;

    private static final int TARGET_SHOWN = 300;

    private static final String STYLE = resource("page.css");
    private static final String SCRIPT = resource("waiting.js");
    // Where scripts are off, the page is loaded anew instead; without them a flicker cannot be helped.
    private static final PageTemplate FAILURE = page("failure.html", "");
    private static final PageTemplate START = page("start.html", "");
    private static final PageTemplate WAITING =
            page("waiting.html", "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>");

    private static final String POLICY =
            "default-src 'none'; style-src '" + hash(STYLE) + "'; img-src data:; base-uri 'none'; form-action 'none'";
    private static final String WAITING_POLICY = POLICY + "; script-src '" + hash(SCRIPT) + "'; connect-src 'self'";

    private FailureHtml() {}

    static String render(Failure failure, boolean detailed) {
        Map<String, Object> values = new HashMap<>();
        values.put("status", Integer.toString(failure.code().status()));
        values.put("code", failure.code().text());
        if (!detailed) {
            values.put("title", failure.code().reason());
            values.put("tab", failure.code().status() + " " + failure.code().reason());
            values.put("bare", "yes");
            return (failure.code() == FailureCode.STARTING ? WAITING : FAILURE).render(values);
        }
        values.put("detailed", "yes");
        values.put("title", failure.code().title());
        values.put(
                "tab", failure.code().title() + (failure.authority().isEmpty() ? "" : " \u00b7 " + failure.hostName()));
        values.put("cause", failure.cause());
        values.put(
                "found",
                failure.diagnosis().stream()
                        .map(found -> Map.of("text", printable(found.text())))
                        .toList());
        values.put("fix", failure.fix().orElse(""));
        values.put("host", printable(failure.authority()));
        values.put("name", printable(failure.hostName()));
        values.put("request", printable((failure.method() + " " + failure.target()).strip()));
        values.put("upstream", failure.upstream().replaceFirst("^http://", ""));
        values.put("port", failure.portSuffix());
        if (failure.asksForGateway()) {
            return start(failure, values);
        }
        if (failure.code() == FailureCode.STARTING) {
            values.put("tab", "Starting \u00b7 " + failure.hostName());
            return WAITING.render(values);
        }
        nearest(failure, values);
        if (failure.code() == FailureCode.UNKNOWN_HOST) {
            values.put("start", "//localhost" + failure.portSuffix() + "/");
        }
        return FAILURE.render(values);
    }

    /** The Content-Security-Policy of a page: nothing but its own style and, while it waits, its own script. */
    static String contentSecurityPolicy(Failure failure) {
        return failure.code() == FailureCode.STARTING ? WAITING_POLICY : POLICY;
    }

    private static String start(Failure failure, Map<String, Object> values) {
        List<ListedHost> hosts = failure.hosts();
        values.put("tab", "Loopgate");
        values.put(hosts.isEmpty() ? "none" : "some", "yes");
        values.put("count", hosts.size() == 1 ? "one host" : hosts.size() + " hosts");
        values.put("names", hosts.size() == 1 ? "this name" : "these names");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ListedHost host : hosts.subList(0, Math.min(HOSTS_SHOWN, hosts.size()))) {
            Map<String, Object> row = new HashMap<>();
            row.put("name", host.name());
            row.put("target", host.target());
            boolean pattern = host.name().indexOf('*') >= 0;
            row.put(pattern ? "pattern" : "link", pattern ? host.name() : link(failure, host.name(), "/"));
            rows.add(row);
        }
        values.put("hosts", rows);
        if (hosts.size() > HOSTS_SHOWN) {
            values.put("more", "And " + (hosts.size() - HOSTS_SHOWN) + " more.");
        }
        return START.render(values);
    }

    private static void nearest(Failure failure, Map<String, Object> values) {
        List<Map<String, Object>> names = new ArrayList<>();
        int last = failure.nearest().size() - 1;
        for (int i = 0; i <= last; i++) {
            String name = failure.nearest().get(i);
            String path = failure.target().startsWith("/") ? failure.target() : "/";
            names.add(Map.of(
                    "name",
                    name,
                    "link",
                    link(failure, name, path),
                    "before",
                    i == 0 ? "" : i == last ? " or " : ", "));
        }
        values.put("nearest", names);
        values.put("anyNearest", names.isEmpty() ? "" : "yes");
    }

    /** Without a scheme, so that the link keeps the one the page came by. */
    private static String link(Failure failure, String name, String path) {
        return "//" + name + failure.portSuffix() + path;
    }

    private static String printable(String text) {
        String shown = text.length() > TARGET_SHOWN ? text.substring(0, TARGET_SHOWN) + "\u2026" : text;
        return shown.replaceAll("\\p{Cntrl}", "\ufffd");
    }

    private static PageTemplate page(String content, String head) {
        return new PageTemplate(resource("page.html")
                .replace("<!--head-->", head)
                .replace("<!--main-->", resource(content))
                .replace("<!--style-->", STYLE)
                .replace("<!--script-->", SCRIPT));
    }

    private static String resource(String name) {
        try (InputStream in = FailureHtml.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("missing from the jar: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A source expression that allows exactly this inline text (CSP Level 3 §2.3.1). */
    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
