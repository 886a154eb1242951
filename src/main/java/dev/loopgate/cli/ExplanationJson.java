package dev.loopgate.cli;

import dev.loopgate.explain.Explanation;
import dev.loopgate.explain.Explanation.HostStep;
import dev.loopgate.explain.Explanation.ListenerStep;
import dev.loopgate.explain.Explanation.NearMiss;
import dev.loopgate.explain.Explanation.RouteStep;
import dev.loopgate.explain.Explanation.UpstreamStep;
import dev.loopgate.http.RequestPreview;
import dev.loopgate.http.RequestPreview.Line;
import dev.loopgate.net.Addresses;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** An explanation for programs; {@code docs/commands.md} has its shape. */
final class ExplanationJson {

    private ExplanationJson() {}

    static JsonObject of(Explanation explanation) {
        JsonObject json = new JsonObject()
                .put("method", explanation.method())
                .put("url", explanation.url())
                .put("name", name(explanation))
                .put("listener", listener(explanation.listener()));
        explanation.file().ifPresent(file -> json.put("file", file.toString()));
        explanation
                .host()
                .filter(host -> !host.pattern().isEmpty())
                .ifPresent(host -> json.put("host", host.pattern()).put("hostWhy", host.why()));
        explanation.host().flatMap(HostStep::place).ifPresent(place -> {
            json.put("hostPlace", place.text());
            if (place.attachedBy() > 0) {
                json.put("attachedBy", place.attachedBy());
            }
        });
        json.put("otherHosts", misses(explanation.host().map(HostStep::others).orElse(List.of())));
        explanation
                .route()
                .filter(route -> !route.prefix().isEmpty())
                .ifPresent(route -> json.put("route", route.prefix()).put("routeWhy", route.why()));
        json.put(
                "otherRoutes", misses(explanation.route().map(RouteStep::others).orElse(List.of())));
        explanation.answer().ifPresent(answer -> json.put("target", answer.text()));
        explanation.access().ifPresent(access -> json.put("access", access));
        List<JsonObject> upstreams =
                explanation.upstreams().stream().map(ExplanationJson::upstream).toList();
        return json.put(
                        "request",
                        lines(explanation.request().map(RequestPreview::lines).orElse(List.of())))
                .put(
                        "removed",
                        lines(explanation.request().map(RequestPreview::removed).orElse(List.of())))
                .put("upstreams", new JsonArray(upstreams))
                .put("notes", new JsonArray(explanation.notes()))
                .put("problems", new JsonArray(explanation.problems()))
                .put("answered", explanation.answered());
    }

    private static JsonObject name(Explanation explanation) {
        List<String> addresses =
                explanation.name().addresses().stream().map(Addresses::text).toList();
        return new JsonObject()
                .put("name", explanation.name().name())
                .put("source", word(explanation.name().source()))
                .put("addresses", new JsonArray(addresses))
                .put("here", explanation.name().leadsHere());
    }

    private static JsonObject listener(ListenerStep step) {
        JsonObject json = new JsonObject()
                .put("state", word(step.state()))
                .put("addresses", new JsonArray(step.addresses()))
                .put("text", step.text());
        return step.pid() > 0 ? json.put("pid", step.pid()) : json;
    }

    private static JsonObject upstream(UpstreamStep step) {
        JsonObject json = new JsonObject()
                .put("url", step.url())
                .put("picked", step.picked())
                .put("why", step.why());
        step.up().ifPresent(up -> json.put("up", up));
        step.speaks().ifPresent(speaks -> json.put("speaks", speaks));
        step.fix().ifPresent(fix -> json.put("fix", fix));
        return json.put("attempts", new JsonArray(step.attempts()))
                .put("findings", new JsonArray(step.findings()))
                .put("request", new JsonArray(step.head()));
    }

    private static JsonArray misses(List<NearMiss> all) {
        return new JsonArray(all.stream()
                .map(miss -> new JsonObject().put("name", miss.name()).put("why", miss.why()))
                .toList());
    }

    private static JsonArray lines(List<Line> all) {
        return new JsonArray(all.stream()
                .map(line -> new JsonObject()
                        .put("line", line.text())
                        .put("fate", word(line.fate()))
                        .put("why", line.why()))
                .toList());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
