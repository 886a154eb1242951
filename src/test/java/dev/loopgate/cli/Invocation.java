package dev.loopgate.cli;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** One command line, run in this process. */
record Invocation(int status, String out, String err) {

    static Invocation of(Path folder, String... arguments) {
        return of(folder, Map.of(), "", arguments);
    }

    /** @param terminals which streams are terminals, as the launcher tells */
    static Invocation of(Path folder, Map<String, String> environment, String terminals, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = Terminal.of(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment::get,
                terminals);
        int status = Commands.execute(new Surroundings(terminal, environment::get, folder), arguments);
        return new Invocation(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    JsonObject json() {
        return new JsonObject(out);
    }
}
