package dev.loopgate.admin;

import dev.loopgate.gateway.AttachFailure;
import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.gateway.AttachedProject;
import dev.loopgate.gateway.ReloadReport;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How a project that wants to be attached, and what becomes of it, is written on the control socket. */
final class AttachmentJson {

    static final String COMMAND = "attach";

    private AttachmentJson() {}

    /** What attached projects are read from. */
    static JsonObject sources(List<AttachRequest> attached) {
        return new JsonObject()
                .put(
                        "attached",
                        new JsonArray(attached.stream().map(AttachmentJson::of).toList()));
    }

    /** @throws IllegalArgumentException with a sentence for who wrote it */
    static List<AttachRequest> sources(JsonObject json) {
        try {
            return json.getJsonArray("attached", new JsonArray()).stream()
                    .map(each -> request((JsonObject) each))
                    .toList();
        } catch (ClassCastException e) {
            throw new IllegalArgumentException("the sources are no list of objects", e);
        }
    }

    static JsonObject of(AttachRequest request) {
        JsonObject json = new JsonObject().put("name", request.name());
        request.file().ifPresent(file -> json.put("file", file.toString()));
        request.text().ifPresent(text -> json.put("text", text));
        return json.put("environment", of(request.environment()))
                .put("loopbackOnly", request.loopbackOnly())
                .put("pid", request.pid());
    }

    /** @throws IllegalArgumentException with a sentence for who wrote it */
    static AttachRequest request(JsonObject json) {
        try {
            Optional<Path> file = Optional.ofNullable(json.getString("file")).map(Path::of);
            if (file.isPresent() && !file.get().isAbsolute()) {
                throw new IllegalArgumentException("the file is not named from the root on");
            }
            AttachRequest request = new AttachRequest(
                    json.getString("name", file.map(Path::toString).orElse("nameless")),
                    file,
                    Optional.ofNullable(json.getString("text")),
                    environment(json),
                    json.getBoolean("loopbackOnly", false),
                    json.getLong("pid", 0L));
            // Its name stands for a file in problems.
            request.source();
            return request;
        } catch (ClassCastException | InvalidPathException e) {
            throw new IllegalArgumentException("a member of the request is not of its kind: " + e.getMessage(), e);
        }
    }

    static JsonObject of(Map<String, String> environment) {
        JsonObject json = new JsonObject();
        environment.forEach(json::put);
        return json;
    }

    /** The variables that a line holds; none where it does not say. */
    static Map<String, String> environment(JsonObject line) {
        Map<String, String> environment = new HashMap<>();
        line.getJsonObject("environment", new JsonObject())
                .forEach(variable -> environment.put(variable.getKey(), String.valueOf(variable.getValue())));
        return environment;
    }

    static JsonObject of(AttachedProject project) {
        JsonObject status = StatusJson.of(project.status());
        return new JsonObject()
                .put("pid", status.getLong("pid"))
                .put("listeners", status.getJsonArray("listeners"))
                .put("hosts", status.getJsonArray("hosts"))
                .put("forwards", status.getJsonArray("forwards"))
                .put("warnings", new JsonArray(project.warnings()))
                .put("ignored", new JsonArray(project.ignored()));
    }

    static JsonObject of(AttachFailure failure) {
        return problems(failure.outcome(), failure.problems());
    }

    /** What came of a change. */
    static JsonObject of(ReloadReport report) {
        return report.inForce()
                ? new JsonObject().put("reloaded", StatusJson.of(report))
                : problems(report.outcome(), report.problems());
    }

    private static JsonObject problems(ReloadReport.Outcome outcome, List<String> problems) {
        return new JsonObject()
                .put("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .put("problems", new JsonArray(problems));
    }
}
