package dev.loopgate.cli;

import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code loopgate version}. */
@Command(
        name = "version",
        header = "Print the version, and the Java it runs on.",
        footer = {"", "Example:  loopgate version --json"})
final class VersionCommand implements Runnable {

    private final Terminal terminal;

    @Mixin
    JsonOption json = new JsonOption();

    VersionCommand(Surroundings surroundings) {
        this.terminal = surroundings.terminal();
    }

    @Override
    public void run() {
        String java = Runtime.version().toString();
        String home = System.getProperty("java.home", "");
        if (json.wanted) {
            JsonOption.print(
                    terminal,
                    new JsonObject()
                            .put("version", Version.text())
                            .put("java", java)
                            .put("javaHome", home));
        } else {
            terminal.result("loopgate " + Version.text());
            terminal.result("Java " + java + ", " + home);
        }
    }
}
