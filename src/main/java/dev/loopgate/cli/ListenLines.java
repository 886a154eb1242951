package dev.loopgate.cli;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Says what is listened on, and in bold what of it others can reach: at the start and after a reload alike. */
final class ListenLines {

    private final Style style;

    ListenLines(Style style) {
        this.style = style;
    }

    /** @param listeners as the admin surface writes them */
    List<String> of(List<JsonObject> listeners) {
        List<String> lines = new ArrayList<>();
        String closed = addresses(listeners, false);
        String open = addresses(listeners, true);
        if (!closed.isEmpty()) {
            lines.add("listening on " + closed + style.dim(", for this machine only"));
        }
        if (!open.isEmpty()) {
            lines.add(style.bold("listening on " + open + ", OPEN TO THE NETWORK"));
        }
        return lines;
    }

    /** @param status as the admin surface writes it */
    List<String> ofHttp3(JsonObject status) {
        JsonObject http3 = status.getJsonObject("http3");
        List<String> addresses = http3 == null ? List.of() : StatusLists.strings(http3, "addresses");
        return addresses.isEmpty() ? List.of() : List.of(http3(addresses));
    }

    static String http3(List<String> addresses) {
        return "HTTP/3 on UDP " + String.join(" and ", addresses);
    }

    /** @param report of a reload, as the admin surface writes it */
    List<String> ofReload(JsonObject report) {
        List<String> lines = new ArrayList<>(of(StatusLists.objects(report, "opened")));
        for (JsonObject forward : StatusLists.objects(report, "exposed")) {
            lines.add(exposed(StatusLists.name(forward), StatusLists.strings(forward, "targets")));
        }
        String gone = String.join(
                " and ",
                StatusLists.objects(report, "closed").stream()
                        .map(one -> one.getString("address"))
                        .toList());
        if (!gone.isEmpty()) {
            lines.add("no longer listening on " + gone);
        }
        return lines.stream().map(line -> "  " + line).toList();
    }

    /**
     * A forward that others can reach.
     *
     * @param name as {@link StatusLists#name}
     */
    String exposed(String name, List<String> targets) {
        return style.bold(name) + "  -> " + String.join(", ", targets) + "   " + style.bold("OPEN TO THE NETWORK");
    }

    private static String addresses(List<JsonObject> listeners, boolean open) {
        return String.join(
                " and ",
                listeners.stream()
                        .filter(one -> one.getBoolean("open") == open)
                        .map(one -> one.getString("address"))
                        .toList());
    }
}
