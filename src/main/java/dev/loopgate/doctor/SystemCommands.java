package dev.loopgate.doctor;

import dev.loopgate.diagnose.Concurrently;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks the system's own programs, which only read. */
interface SystemCommands {

    /** What came of asking. */
    sealed interface Answer {

        /** What was printed; empty where the program did not do as it was told. */
        default Optional<String> printed() {
            return this instanceof Reply reply && reply.status == 0 ? Optional.of(reply.out) : Optional.empty();
        }
    }

    /** There is no such program. */
    record Missing() implements Answer {}

    /** It has not ended in time. */
    record Unfinished() implements Answer {}

    /** What the program said, and how it ended. */
    record Reply(int status, String out, String err) implements Answer {}

    /** Blocks for a second and a half at most. */
    Answer ask(String... command);

    /** Of this machine. Programs of the administrator are found where a user's PATH lacks them. */
    static Answer run(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.command().set(0, path(command[0]));
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException missing) {
            return new Missing();
        }
        CompletableFuture<String> err = Concurrently.ask(() -> text(process.getErrorStream()));
        CompletableFuture<String> out = Concurrently.ask(() -> text(process.getInputStream()));
        try {
            return process.waitFor(1500, TimeUnit.MILLISECONDS)
                    ? new Reply(process.exitValue(), out.join(), err.join())
                    : new Unfinished();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Unfinished();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String path(String program) {
        return List.of("/usr/sbin", "/sbin").stream()
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(program);
    }

    private static String text(java.io.InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException ended) {
            return "";
        }
    }

    /** {@code linux}, {@code mac os x}, {@code windows 11}. */
    static String system() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    }
}
