package dev.loopgate.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Does the steps. */
final class Programs {

    private static final long PATIENCE_SECONDS = 60;
    private static final long QUESTION_SECONDS = 10;
    private static final int MOST_WORDS = 2000;
    private static final String PASSWORD = "LOOPGATE_STOREPASS";

    private Programs() {}

    static boolean succeeds(TrustStep.Run question) {
        try {
            run(question, QUESTION_SECONDS);
            return true;
        } catch (IOException no) {
            return false;
        }
    }

    /** What it says; nothing where it fails. */
    static String output(List<String> words) {
        try {
            return run(new TrustStep.Run(words), QUESTION_SECONDS);
        } catch (IOException failed) {
            return "";
        }
    }

    /** @throws IOException with what the program said */
    static void run(TrustStep step) throws IOException {
        if (step instanceof TrustStep.Run run) {
            run(run, PATIENCE_SECONDS);
        } else if (step instanceof TrustStep.Copy copy) {
            // A copy of its bytes only: the file in our folder is nobody else's to read.
            Path draft = copy.to().resolveSibling("." + copy.to().getFileName() + ".new");
            Files.deleteIfExists(draft);
            // New, so that nobody's link is followed.
            Files.write(
                    draft, Files.readAllBytes(copy.from()), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            // Whatever this user's umask is: everybody's programs are to read it.
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(draft, copy.to(), StandardCopyOption.ATOMIC_MOVE);
        } else if (step instanceof TrustStep.Delete delete) {
            Files.deleteIfExists(delete.file());
        }
    }

    private static String run(TrustStep.Run run, long seconds) throws IOException {
        List<String> words = new ArrayList<>(run.words());
        run.password().ifPresent(secret -> words.addAll(List.of("-storepass:env", PASSWORD)));
        Path output = Files.createTempFile("loopgate", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(words);
            run.password().ifPresent(secret -> builder.environment().put(PASSWORD, secret));
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                    .start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(words.get(0) + " did not end within " + seconds + " seconds");
            }
            String said = Files.readString(output, StandardCharsets.ISO_8859_1).strip();
            if (process.exitValue() != 0) {
                throw new IOException(
                        words.get(0) + ": " + (said.isEmpty() ? "exit status " + process.exitValue() : line(said)));
            }
            return said;
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
