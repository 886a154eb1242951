package dev.loopgate.e2e;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.TcpPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Servers, clients and a gateway between them. Closing it ends every process that it started, the last one first. */
final class Rig implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    /** @param folder an empty one; every user may look into it from now on, since some servers must not run as root */
    Rig(Path folder) {
        this.folder = folder;
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        return TcpPeer.closedPort();
    }

    /** The first of so many ports in a row that nobody has. */
    static int freePorts(int count) {
        while (true) {
            int first = freePort();
            if (IntStream.range(first, first + count).allMatch(Rig::free)) {
                return first;
            }
        }
    }

    private static boolean free(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    Path folder() {
        return folder;
    }

    /** A folder in the rig's own; made where it is missing. */
    Path folder(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file into the rig's folder. */
    Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of a folder of the checkout, without what running things there has left. */
    Path copy(String source, String name) {
        Path from = PackagedGateway.checkout().resolve(source);
        Path to = folder.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file :
                    (Iterable<Path>) files.filter(file -> !file.toString().contains("node_modules"))::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts something else in the place of a text that the file holds. */
    static void replace(Path file, String text, String by) {
        try {
            String before = Files.readString(file);
            if (!before.contains(text)) {
                throw new AssertionError(file + " does not say " + text);
            }
            Files.writeString(file, before.replace(text, by));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server and waits until its port of the loopback takes connections. */
    RunningProcess server(int port, Path directory, Map<String, String> environment, String... command) {
        RunningProcess process = with(RunningProcess.start(directory, environment, List.of(command)));
        awaitPort(port, process);
        return process;
    }

    /** A Redis that keeps nothing. */
    void redis(int port) {
        String program = Programs.require("redis-server").toString();
        server(port, folder, Map.of(), program, "--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", "");
    }

    /** Waits until a port of 127.0.0.1 takes connections. */
    static void awaitPort(int port, RunningProcess server) {
        if (!Eventually.holds(LIMIT, () -> !server.alive() || listens(port)) || !server.alive()) {
            throw new AssertionError("no server on port " + port + "\n" + server.stdout() + server.stderr());
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Anything else that is to end with the rig. */
    <T extends AutoCloseable> T with(T part) {
        parts.push(part);
        return part;
    }

    /** Starts the gateway on a free port of 127.0.0.1 with these lines besides {@code listen}. */
    PackagedGateway gateway(String text) {
        int port = freePort();
        return gateway(file("loopgate.yaml", "listen: 127.0.0.1:" + port + "\n" + text), port);
    }

    /** Starts the gateway with a file that makes it listen on that port. */
    PackagedGateway gateway(Path file, int port) {
        return with(PackagedGateway.run(folder("home"), file, port));
    }

    /** Starts the gateway with one forward from 127.0.0.1 to a port of the loopback; gives the port to connect to. */
    int forward(int target) {
        int port = freePort();
        PackagedGateway gateway = gateway("forwards: {\"127.0.0.1:" + port + "\": " + target + "}\n");
        awaitPort(port, gateway.process());
        return port;
    }

    /** Runs a client to its end; it must succeed. Gives its standard output. */
    String run(String... command) {
        return run(folder, Map.of(), command);
    }

    String run(Path directory, Map<String, String> environment, String... command) {
        Outcome outcome = attempt(directory, environment, command);
        if (outcome.status() != 0) {
            throw new AssertionError(String.join(" ", command) + " ended with " + outcome.status() + "\n"
                    + outcome.stdout() + outcome.stderr());
        }
        return outcome.stdout();
    }

    /** Runs a client to its end, which may be a failure. */
    static Outcome attempt(Path directory, Map<String, String> environment, String... command) {
        try (RunningProcess process = RunningProcess.start(directory, environment, List.of(command))) {
            int status = process.awaitExit(LIMIT);
            return new Outcome(status, process.stdout(), process.stderr());
        }
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
