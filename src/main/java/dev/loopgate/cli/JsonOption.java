package dev.loopgate.cli;

import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Option;

/** {@code --json}, for the commands that read something. */
final class JsonOption {

    @Option(names = "--json", description = "Print the result as one JSON object.")
    boolean wanted;

    static void print(Terminal terminal, JsonObject json) {
        terminal.result(json.encodePrettily());
    }
}
