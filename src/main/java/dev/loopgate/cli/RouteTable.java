package dev.loopgate.cli;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a gateway serves: URLs and forwards with their targets. */
final class RouteTable {

    private final Style style;

    RouteTable(Style style) {
        this.style = style;
    }

    /** @param status as the admin surface writes it */
    List<String> lines(JsonObject status) {
        Columns columns = new Columns();
        Map<String, String> attached = new HashMap<>();
        for (JsonObject project : StatusLists.objects(status, "attached")) {
            StatusLists.strings(project, "hosts")
                    .forEach(
                            pattern -> attached.put(pattern, "   " + style.dim("of " + StatusLists.attached(project))));
        }
        StatusLists.objects(status, "hosts")
                .forEach(host -> host(host, attached.getOrDefault(host.getString("pattern"), ""), columns));
        StatusLists.objects(status, "forwards").forEach(forward -> forward(forward, columns));
        List<String> lines = new ArrayList<>(columns.lines());
        if (lines.isEmpty()) {
            lines.add("  nothing yet: the configuration has no hosts and no forwards");
        }
        return lines;
    }

    private void host(JsonObject host, String note, Columns columns) {
        String url = host.getString("url");
        String name = url == null ? host.getString("pattern") : url;
        String base = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        for (JsonObject route : StatusLists.objects(host, "routes")) {
            String prefix = route.getString("prefix");
            String text = prefix.equals("/") ? name : base + prefix;
            columns.add("  " + text, "  " + style.cyan(text), "  -> " + route.getString("target") + note);
        }
    }

    private void forward(JsonObject forward, Columns columns) {
        String text = StatusLists.name(forward) + StatusLists.tls(forward);
        JsonObject problem = forward.getJsonObject("problem");
        StringBuilder rest =
                new StringBuilder("  -> ").append(String.join(", ", StatusLists.strings(forward, "targets")));
        boolean nowhere = StatusLists.listensNowhere(forward);
        if (forward.getBoolean("open") && !nowhere) {
            rest.append("   ").append(style.bold("OPEN TO THE NETWORK"));
        }
        if (problem != null) {
            String where = nowhere ? "" : " on " + problem.getString("address");
            rest.append("   ").append(style.red("not listening" + where + ": " + problem.getString("cause")));
        }
        columns.add(
                "  " + text,
                "  " + (forward.getBoolean("open") ? style.bold(text) : style.cyan(text)),
                rest.toString());
    }
}
