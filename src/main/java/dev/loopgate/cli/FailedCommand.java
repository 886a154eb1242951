package dev.loopgate.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a user reads where a command that was understood fails: one sentence and what to do, never a stack trace. */
final class FailedCommand {

    private FailedCommand() {}

    /** Tells of the failure and gives the exit status. */
    static int tell(Terminal terminal, Exception failure) {
        if (failure instanceof CommandFailure told) {
            terminal.fail(told.lines());
            return told.status();
        }
        terminal.fail("this should not have happened: " + failure + "; " + details(failure));
        return ExitStatus.FAILED;
    }

    private static String details(Exception failure) {
        try {
            Path file = Files.createTempFile("loopgate-error-", ".txt");
            try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
                writer.println("Loopgate " + Version.text() + ", Java " + Runtime.version() + ", "
                        + System.getProperty("os.name") + " " + System.getProperty("os.version"));
                failure.printStackTrace(writer);
            }
            return "the details are in " + file;
        } catch (IOException e) {
            return "the details could not be written: " + e.getMessage();
        }
    }
}
