package dev.loopgate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The packaged jar through the launcher, as a user runs it, with a home of its own. */
public final class PackagedGateway implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path home;
    private final RunningProcess process;
    private final int port;

    private PackagedGateway(Path home, RunningProcess process, int port) {
        this.home = home;
        this.process = process;
        this.port = port;
    }

    /** The checkout that holds the launcher. */
    public static Path checkout() {
        return Path.of(System.getProperty("loopgate.home", "."))
                .toAbsolutePath()
                .normalize();
    }

    /**
     * Runs {@code ./loopgate run --config FILE} and waits until the port answers.
     *
     * @param home an empty folder for HOME and the XDG folders
     * @param file a configuration that listens on {@code port} of 127.0.0.1
     */
    public static PackagedGateway run(Path home, Path file, int port) {
        return awaited(home, start(home, home, "run", "--config", file.toString()), port);
    }

    /** The same for a gateway that may have only so many files and sockets open. */
    public static PackagedGateway runWithDescriptors(int descriptors, Path home, Path file, int port) {
        List<String> command = List.of(
                "/bin/sh",
                "-c",
                "ulimit -n " + descriptors + " && exec \"$@\"",
                "sh",
                checkout().resolve("loopgate").toString(),
                "run",
                "--config",
                file.toString());
        return awaited(home, RunningProcess.start(home, environment(home), command), port);
    }

    private static PackagedGateway awaited(Path home, RunningProcess process, int port) {
        PackagedGateway gateway = new PackagedGateway(home, process, port);
        try {
            Eventually.until("a gateway on port " + port, START_LIMIT, () -> !process.alive() || answers(port));
            if (!process.alive()) {
                throw new AssertionError("the gateway ended: " + process.stdout() + process.stderr());
            }
            return gateway;
        } catch (AssertionError failed) {
            gateway.close();
            throw new AssertionError(failed.getMessage() + "\n" + process.stdout() + process.stderr(), failed);
        }
    }

    /** Any command of the launcher, not waited for. */
    public static RunningProcess start(Path home, Path directory, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(checkout().resolve("loopgate").toString());
        command.addAll(List.of(arguments));
        return RunningProcess.start(directory, environment(home), command);
    }

    /** Any command of the launcher, run to its end. */
    public static Outcome command(Path home, Path directory, String... arguments) {
        try (RunningProcess process = start(home, directory, arguments)) {
            int status = process.awaitExit(START_LIMIT);
            return new Outcome(status, process.stdout(), process.stderr());
        }
    }

    /** What a command left. */
    public record Outcome(int status, String stdout, String stderr) {}

    /** Any command, for this gateway's user. */
    public Outcome command(String... arguments) {
        return command(home, home, arguments);
    }

    /** The variables of a user whose home is that folder. */
    public static Map<String, String> environment(Path home) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", home.toString());
        for (String name : List.of("CONFIG", "STATE", "CACHE", "DATA")) {
            environment.put("XDG_" + name + "_HOME", folder(home, name));
        }
        environment.put("XDG_RUNTIME_DIR", folder(home, "run"));
        environment.put("NO_COLOR", "1");
        return environment;
    }

    private static String folder(Path home, String name) {
        try {
            Path folder = Files.createDirectories(home.resolve("." + name.toLowerCase(Locale.ROOT)));
            // The XDG specification wants a runtime folder that nobody else may look into.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            return folder.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    public RunningProcess process() {
        return process;
    }

    /** Everything it said so far. */
    public String output() {
        return process.stdout() + process.stderr();
    }

    /** Ends it by SIGTERM and gives its exit status. */
    public int stop() {
        process.terminate();
        return process.awaitExit(START_LIMIT);
    }

    @Override
    public void close() {
        process.close();
    }
}
