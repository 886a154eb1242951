package dev.loopgate.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Does the steps. */
final class Programs {

    private static final long PATIENCE_SECONDS = 60;
    private static final long QUESTION_SECONDS = 10;
    private static final int MOST_WORDS = 2000;

    private Programs() {}

    static boolean succeeds(List<String> words) {
        try {
            run(words, QUESTION_SECONDS);
            return true;
        } catch (IOException no) {
            return false;
        }
    }

    /** @throws IOException with what the program said */
    static void run(TrustStep step) throws IOException {
        if (step instanceof TrustStep.Run run) {
            run(run.words(), PATIENCE_SECONDS);
        } else if (step instanceof TrustStep.Copy copy) {
            // A copy of its bytes only: the file in our folder is nobody else's to read.
            Path draft = copy.to().resolveSibling("." + copy.to().getFileName() + ".new");
            Files.deleteIfExists(draft);
            Files.write(draft, Files.readAllBytes(copy.from()));
            // Whatever this user's umask is: everybody's programs are to read it.
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(draft, copy.to(), StandardCopyOption.ATOMIC_MOVE);
        } else if (step instanceof TrustStep.Delete delete) {
            Files.deleteIfExists(delete.file());
        }
    }

    private static void run(List<String> words, long seconds) throws IOException {
        Path output = Files.createTempFile("loopgate", ".out");
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                    .start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(words.get(0) + " did not end within " + seconds + " seconds");
            }
            if (process.exitValue() != 0) {
                String said =
                        Files.readString(output, StandardCharsets.ISO_8859_1).strip();
                throw new IOException(
                        words.get(0) + ": " + (said.isEmpty() ? "exit status " + process.exitValue() : line(said)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static java.io.File nothing() {
        return new java.io.File(System.getProperty("os.name", "").startsWith("Windows") ? "NUL" : "/dev/null");
    }

    /** The last line, as a terminal may show it. */
    private static String line(String said) {
        String last = said.substring(said.lastIndexOf('\n') + 1);
        String shown = last.replaceAll("\\p{Cntrl}", "?");
        return shown.substring(0, Math.min(shown.length(), MOST_WORDS));
    }
}
