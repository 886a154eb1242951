package dev.loopgate.cli;

import dev.loopgate.diagnose.Probe;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What a probe found, in words and as JSON. */
final class ProbeView {

    private final Style style;

    ProbeView(Style style) {
        this.style = style;
    }

    List<String> lines(Probe probe) {
        return List.of(style.bold(probe.host()));
    }

    JsonObject json(Probe probe) {
        return new JsonObject().put("host", probe.host());
    }
}
