package dev.loopgate.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A short life of a gateway over a service of its own, or of the commands that end soon beside a gateway, for Java to
 * learn from: the launcher has it write down what was loaded and linked on the way, and later starts read that. Ends by
 * itself; touches nothing outside a folder for the moment and loopback ports that are free.
 */
final class Rehearsal {

    /** So many that what Java links only at a repeated use is linked. */
    private static final int REQUESTS = 300;

    private static final int ATTEMPTS = 3000;
    private static final long PAUSE_MILLIS = 10;
    private static final Duration LIMIT = Duration.ofSeconds(100);

    /** With what precedes it, less than the five minutes after which the launcher takes a lock for abandoned. */
    private static final Duration DUMP_LIMIT = Duration.ofMinutes(3);

    private static final int READ_MILLIS = 10_000;

    /** Commands; {@code PORT} is the service's. */
    private static final List<String> COMMANDS = List.of(
            "status",
            "status --json",
            "routes",
            "check --config FILE",
            "explain http://app.localhost/ --config FILE",
            "get app.localhost --config FILE",
            "ports --no-titles",
            "ports --no-titles PORT",
            "probe 127.0.0.1:PORT",
            "doctor PORT",
            "doctor http://app.localhost/ --config FILE",
            "complete hosts",
            "completion bash",
            "version",
            "--help",
            "reload");

    private Rehearsal() {}

    /**
     * The status tells whether everything was rehearsed.
     *
     * @param arguments what to learn, {@code start} or {@code commands}, and an empty folder, with a path short enough for a
     *     socket in it; whoever made it removes it
     */
    public static void main(String[] arguments) {
        // Nobody sees this process: whatever goes wrong, it must not stay.
        Thread limit = limit(LIMIT, Rehearsal::giveUp);
        int status = rehearse(arguments[0].equals("commands"), Path.of(arguments[1]));
        limit.interrupt();
        // On its way out Java writes down what it learned, which takes a slow machine longer than all of the above.
        limit(DUMP_LIMIT, Rehearsal::giveUp);
        System.exit(status);
    }

    /** Does something once that time is over, unless it is interrupted before. */
    static Thread limit(Duration time, Runnable end) {
        Thread limit = new Thread(
                () -> {
                    try {
                        Thread.sleep(time.toMillis());
                    } catch (InterruptedException noNeed) {
                        return;
                    }
                    end.run();
                },
                "rehearsal-limit");
        limit.setDaemon(true);
        limit.start();
        return limit;
    }

    private static void giveUp() {
        Runtime.getRuntime().halt(ExitStatus.FAILED);
    }

    private static int rehearse(boolean commands, Path folder) {
        try (ServerSocket backend = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread service = new Thread(() -> serve(backend), "rehearsal-service");
            service.setDaemon(true);
            service.start();
            // The way into the process is learned too.
            Commands.execute(Main.surroundings(), "version");
            if (commands) {
                performCommands(folder, backend.getLocalPort());
            } else {
                performStart(folder, backend.getLocalPort());
            }
            return ExitStatus.DONE;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            System.err.println("loopgate: nothing was learned: " + failure);
            return ExitStatus.FAILED;
        }
    }

    private static void performStart(Path folder, int backendPort) throws IOException, InterruptedException {
        int port = freePort();
        int forwarded = freePort();
        Path file = configuration(folder, port, backendPort, forwarded);
        Surroundings surroundings = surroundings(folder);
        Thread gateway =
                new Thread(() -> Commands.execute(surroundings, "run", "--config", file.toString()), "rehearsal");
        gateway.setDaemon(true);
        gateway.start();
        awaitListener(port, gateway::isAlive);
        for (String host : List.of("app", "web", "docs", "ping", "unknown")) {
            request(port, "GET / HTTP/1.1\r\nHost: " + host + ".localhost\r\nConnection: close\r\n\r\n", 1);
        }
        request(port, "GET /api/x HTTP/1.1\r\nHost: web.localhost\r\nAccept: */*\r\n\r\n", REQUESTS);
        request(port, "POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 2\r\n\r\nok", 1);
        request(forwarded, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1);
        Files.writeString(file, "  \"127.0.0.1:" + freePort() + "\": " + backendPort + "\n", StandardOpenOption.APPEND);
        Commands.execute(surroundings, "reload");
        Commands.execute(surroundings, "status");
        gateway.interrupt();
        gateway.join();
    }

    /** The gateway is another process, so that Java keeps nothing of it for those that only ask it. */
    private static void performCommands(Path folder, int backendPort) throws IOException, InterruptedException {
        int port = freePort();
        Path file = configuration(folder, port, backendPort, freePort());
        ProcessBuilder start = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        // By itself, should this process be killed.
                        "--ends-alone-after",
                        Long.toString(LIMIT.toSeconds()),
                        "--config",
                        file.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        start.environment().put("XDG_RUNTIME_DIR", folder.toString());
        Process gateway = start.start();
        try {
            awaitListener(port, gateway::isAlive);
            for (String command : COMMANDS) {
                String[] words =
                        command.replace("PORT", Integer.toString(backendPort)).split(" ", -1);
                for (int i = 0; i < words.length; i++) {
                    words[i] = words[i].equals("FILE") ? file.toString() : words[i];
                }
                Commands.execute(surroundings(folder), words);
            }
        } finally {
            gateway.destroy();
            gateway.waitFor();
        }
    }

    private static Path configuration(Path folder, int port, int backendPort, int forwarded) throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve("site")).resolve("index.html"), "<p>here");
        return Files.writeString(folder.resolve("loopgate.yaml"), """
                listen: 127.0.0.1:%d
                access-log: {format: short, file: %s}
                hosts:
                  app.localhost: %d
                  web.localhost: {routes: {/: %d, /api: {to: %d, strip: true}}}
                  docs.localhost: {files: ./site}
                  ping.localhost: {respond: {body: pong}}
                forwards:
                  "127.0.0.1:%d": %d
                """.formatted(
                port, folder.resolve("access.log"), backendPort, backendPort, backendPort, forwarded, backendPort));
    }

    private static Surroundings surroundings(Path folder) {
        Map<String, String> environment = Map.of("XDG_RUNTIME_DIR", folder.toString());
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Surroundings(Terminal.of(nowhere, nowhere, environment::get, ""), environment::get, folder);
    }

    /** The service: an answer for each head that ends, and bodies are part of what it skips. */
    private static void serve(ServerSocket backend) {
        while (!backend.isClosed()) {
            try {
                Socket client = backend.accept();
                Thread thread = new Thread(() -> answer(client), "rehearsal-service");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void answer(Socket client) {
        byte[] answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
        try (client;
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    client.getOutputStream().write(answer);
                }
            }
        } catch (IOException gone) {
            // The gateway ends its connections as it likes.
        }
    }

    private static void awaitListener(int port, BooleanSupplier lives) throws IOException, InterruptedException {
        for (int i = 0; i < ATTEMPTS && lives.getAsBoolean(); i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException notYet) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        throw new IOException("the gateway did not start");
    }

    private static void request(int port, String request, int times) throws IOException {
        byte[] buffer = new byte[65_536];
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(READ_MILLIS);
            InputStream in = socket.getInputStream();
            for (int i = 0; i < times; i++) {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                if (in.read(buffer) < 0) {
                    throw new IOException("no answer to " + request);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
