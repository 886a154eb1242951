package dev.loopgate.cli;

import dev.loopgate.builtin.DemoServices;
import dev.loopgate.config.ReadResult;
import dev.loopgate.model.Configuration;
import dev.loopgate.net.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code loopgate demo}. */
@Command(
        name = "demo",
        header = "Run the gateway over sample services.",
        description = {
            "",
            "Starts a page with server-sent events and a WebSocket echo, a static site and a TCP echo, and a gateway in",
            "front of them whose configuration is a file that can be edited meanwhile.",
            ""
        },
        footer = {"", "Example:  loopgate demo"})
final class DemoCommand implements Callable<Integer> {

    private static final int LAST_PORT = 65535;

    private final Surroundings surroundings;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The gateway's port (${DEFAULT-VALUE}).",
            defaultValue = "" + Configuration.DEFAULT_PORT)
    int port = Configuration.DEFAULT_PORT;

    DemoCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws Exception {
        if (port < 1 || port > LAST_PORT) {
            throw new CommandFailure(ExitStatus.WRONG_USAGE, "--port is 1 to " + LAST_PORT + ", not " + port);
        }
        Path folder = Files.createTempDirectory("loopgate-demo-");
        Vertx vertx = Transport.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            DemoServices services = DemoServices.start(vertx)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            return run(folder, services);
        } catch (ExecutionException e) {
            throw new CommandFailure(ExitStatus.FAILED, "the sample services cannot start: " + e.getCause());
        } finally {
            vertx.close();
            delete(folder);
        }
    }

    private int run(Path folder, DemoServices services) throws IOException {
        int forward = freePort();
        Path file = folder.resolve("loopgate.yaml");
        DemoServices.writeSite(folder.resolve("site"));
        Files.writeString(file, configuration(services, forward));
        ConfigurationInput input = new ConfigurationInput(surroundings);
        ReadResult.Valid valid = input.readValid(file);
        RunningConfiguration running = new RunningConfiguration(
                Optional.of(file), file.toString(), Optional.of(file), input.reader(), ConfigurationView::whole);
        return new GatewayProcess(surroundings, running)
                .run(valid, status -> introduction(forward, file), Duration.ZERO);
    }

    private String configuration(DemoServices services, int forward) throws IOException {
        return """
                # The configuration of the demo. Change it and save: the change is in force at once.
                listen: %d
                hosts:
                  demo.localhost: %d                # a page, server-sent events, a WebSocket
                  app.localhost:
                    routes:                            # by path
                      /: {files: ./site}
                      /api: {to: %d, strip: true}
                  ping.localhost: {respond: {status: 200, body: "pong\\n"}}
                  old.localhost: {redirect: "http://demo.localhost:%d"}
                  down.localhost: %d                # nothing listens there: see how a failure looks
                forwards:
                  "%d": %d                          # an echo over TCP
                  "%d/udp": %d                      # and one over UDP
                """.formatted(
                        port,
                        services.httpPort(),
                        services.httpPort(),
                        port,
                        services.downPort(),
                        forward,
                        services.tcpPort(),
                        forward,
                        services.udpPort());
    }

    private List<String> introduction(int forward, Path file) {
        String suffix = port == 80 ? "/" : ":" + port + "/";
        return List.of(
                "  http://demo.localhost" + suffix,
                "",
                "Open that in a browser, or try:",
                "",
                "  curl http://demo.localhost" + suffix + "request",
                "  curl -N http://demo.localhost" + suffix + "events",
                "  curl http://app.localhost" + suffix + "api/request",
                "  curl http://ping.localhost" + suffix,
                "  curl http://down.localhost" + suffix,
                "  nc 127.0.0.1 " + forward + "      (echoes what you type)",
                "  nc -u 127.0.0.1 " + forward + "   (the same over UDP)",
                "  $EDITOR " + file,
                "");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
