package dev.loopgate.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;

/** A gateway does not take a project. */
public final class AttachRefused extends IOException {

    private static final long serialVersionUID = 1;

    private final boolean invalid;
    private final transient List<String> problems;

    private AttachRefused(boolean invalid, List<String> problems) {
        super(String.join("; ", problems));
        this.invalid = invalid;
        this.problems = List.copyOf(problems);
    }

    static AttachRefused of(JsonObject answer) {
        JsonArray problems = answer.getJsonArray(
                "problems", new JsonArray().add(answer.getString("error", "the gateway gave no answer")));
        return new AttachRefused(
                "invalid".equals(answer.getString("outcome")),
                problems.stream().map(String::valueOf).toList());
    }

    /** Whether the project itself has problems, rather than clashes with what is served. */
    public boolean invalid() {
        return invalid;
    }

    /** One line each, for people. */
    public List<String> problems() {
        return problems;
    }
}
