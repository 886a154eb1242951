package dev.loopgate.cli;

import java.nio.file.Path;

/** Where the process begins. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        Terminal terminal =
                Terminal.of(System.out, System.err, System::getenv, System.getProperty("loopgate.terminals", ""));
        Surroundings surroundings =
                new Surroundings(terminal, System::getenv, Path.of("").toAbsolutePath());
        int status = Commands.execute(surroundings, args);
        System.out.flush();
        System.err.flush();
        System.exit(status);
    }
}
