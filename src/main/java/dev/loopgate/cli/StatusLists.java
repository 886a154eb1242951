package dev.loopgate.cli;

import dev.loopgate.net.Printable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What several tables read from the JSON of a status. */
final class StatusLists {

    private StatusLists() {}

    static List<JsonObject> objects(JsonObject json, String name) {
        return json.getJsonArray(name, new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    static List<String> strings(JsonObject json, String name) {
        return json.getJsonArray(name, new JsonArray()).stream()
                .map(String.class::cast)
                .toList();
    }

    /** What people know a forward by: {@code udp lan:5353}. */
    static String name(JsonObject forward) {
        return forward.getString("protocol") + " " + forward.getString("bind");
    }

    /** Behind the name of a forward whose clients speak TLS with the gateway. */
    static String tls(JsonObject forward) {
        return forward.getBoolean("tls", false) ? " (TLS)" : "";
    }

    /** What people know an attached project by, whatever its name holds. */
    static String attached(JsonObject project) {
        return Printable.kept(project.getString("name") + " (pid " + project.getLong("pid") + ")");
    }

    /** Whether a forward has a problem and no address at all, so that nobody reaches it. */
    static boolean listensNowhere(JsonObject forward) {
        return forward.getJsonObject("problem") != null
                && strings(forward, "addresses").isEmpty();
    }
}
