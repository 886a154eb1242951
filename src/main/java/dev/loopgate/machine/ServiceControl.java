package dev.loopgate.machine;

import dev.loopgate.config.LockedFile;
import dev.loopgate.net.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Installs, tells and removes a {@link LoginService}. Blocks: each command of the system has 30 s. */
public final class ServiceControl {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Folders of the manager that may have come with our file, and go with it when nothing else is in them. */
    private static final int FOLDERS = 2;

    private static final long PAUSE_MILLIS = 200;

    private final LoginService service;
    private final Duration patience;

    public ServiceControl(LoginService service) {
        this(service, PATIENCE);
    }

    /** @param patience with a command, and with a service that ends */
    ServiceControl(LoginService service, Duration patience) {
        this.service = service;
        this.patience = patience;
    }

    /**
     * How a service is.
     *
     * @param installed whether its file is there
     * @param current whether that file is what would be written now
     * @param enabled whether the next login starts it
     * @param active whether it runs
     */
    public record State(boolean installed, boolean current, boolean enabled, boolean active) {}

    /** Whether the system's manager of services runs for this user. */
    public boolean available() {
        return succeeds(service.probe());
    }

    /** What is in the file's place; empty where nothing is. */
    public Optional<String> written() throws IOException {
        return Files.exists(service.file())
                ? Optional.of(new String(Files.readAllBytes(service.file()), service.charset()))
                : Optional.empty();
    }

    public State state() throws IOException {
        Optional<String> written = written();
        return new State(
                written.isPresent(),
                written.filter(service.text()::equals).isPresent(),
                written.isPresent() && succeeds(service.enabled()),
                written.isPresent() && succeeds(service.active()));
    }

    /** @throws IOException where the file cannot be written or a command fails, with a message for people */
    public void install() throws IOException {
        if (!service.restarts() && written().isPresent()) {
            end();
        }
        Path folder = service.file().toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        LockedFile.change(service.file(), before -> Optional.of(service.text().getBytes(service.charset())));
        for (List<String> command : service.start()) {
            run(command);
        }
    }

    /**
     * Ends the service, and then takes back everything that was written.
     *
     * @throws IOException where it does not end, or something cannot be removed, with a message for people; while it runs its
     *     file stays
     */
    public void uninstall() throws IOException {
        end();
        Files.deleteIfExists(service.file());
        Path folder = service.file().getParent();
        for (int i = 0; i < FOLDERS && folder != null && isEmpty(folder); i++) {
            Files.delete(folder);
            folder = folder.getParent();
        }
        service.forget().forEach(this::succeeds);
    }

    /** What does not run cannot be ended, and that is no failure; launchd ends things after its command has. */
    private void end() throws IOException {
        Optional<IOException> failure = Optional.empty();
        for (List<String> command : service.stop()) {
            try {
                run(command);
            } catch (IOException failed) {
                failure = failure.isPresent() ? failure : Optional.of(failed);
            }
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (succeeds(service.active()) || succeeds(service.enabled())) {
            if (System.nanoTime() > deadline) {
                throw failure.orElseGet(() -> new IOException("it does not end"));
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", stopped);
            }
        }
    }

    /** A link in its place is somebody's own arrangement. */
    private static boolean isEmpty(Path folder) throws IOException {
        if (Files.isSymbolicLink(folder)) {
            return false;
        }
        try (var entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private boolean succeeds(List<String> command) {
        try {
            run(command);
            return true;
        } catch (IOException failed) {
            return false;
        }
    }

    private void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> {
                try {
                    return process.getInputStream().readAllBytes();
                } catch (IOException ended) {
                    return new byte[0];
                }
            });
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(String.join(" ", command) + " does not end");
            }
            if (process.exitValue() != 0) {
                String said = Printable.of(new String(output.join(), StandardCharsets.UTF_8)
                        .strip()
                        .replaceAll("\\R+", "; "));
                throw new IOException(String.join(" ", command) + " failed: " + said);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        } finally {
            process.destroyForcibly();
        }
    }
}
