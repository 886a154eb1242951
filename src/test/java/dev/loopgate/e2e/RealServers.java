package dev.loopgate.e2e;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What the tests of this package need of the machine. */
final class RealServers {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private RealServers() {}

    /** A port that nobody has at the moment. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void awaitPort(int port, RunningProcess server) {
        Eventually.until("a server on port " + port, LIMIT, () -> {
            if (!server.alive()) {
                throw new IllegalStateException("the server ended: " + server.stdout() + server.stderr());
            }
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    /** Runs a command to its end; it must succeed. Gives its standard output. */
    static String run(Path directory, Map<String, String> environment, String... command) {
        try (RunningProcess process = RunningProcess.start(directory, environment, List.of(command))) {
            int status = process.awaitExit(LIMIT);
            if (status != 0) {
                throw new AssertionError(String.join(" ", command) + " ended with " + status + "\n" + process.stdout()
                        + process.stderr());
            }
            return process.stdout();
        }
    }

    /** A program of PostgreSQL, which Debian keeps out of the PATH. */
    static String postgres(String program) {
        File[] versions = new File("/usr/lib/postgresql").listFiles();
        if (versions != null) {
            Arrays.sort(versions);
            for (File version : versions) {
                Path candidate = version.toPath().resolve("bin").resolve(program);
                if (Files.isExecutable(candidate)) {
                    return candidate.toString();
                }
            }
        }
        return Programs.require(program).toString();
    }
}
