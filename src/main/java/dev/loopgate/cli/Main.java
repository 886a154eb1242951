package dev.loopgate.cli;

import java.nio.file.Path;

/** Where the process begins. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        int status = Commands.execute(surroundings(), args);
        System.out.flush();
        System.err.flush();
        System.exit(status);
    }

    /** Those of this process. */
    static Surroundings surroundings() {
        Terminal terminal =
                Terminal.of(System.out, System.err, System::getenv, System.getProperty("loopgate.terminals", ""));
        return new Surroundings(terminal, System::getenv, Path.of("").toAbsolutePath());
    }
}
