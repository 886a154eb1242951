package dev.loopgate.cli;

import dev.loopgate.admin.Attachment;
import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlDirectory;
import dev.loopgate.admin.ControlServer;
import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.DiskTexts;
import dev.loopgate.config.ReadResult;
import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.gateway.Attachments;
import dev.loopgate.gateway.ConfigurationPart;
import dev.loopgate.gateway.ConfigurationWatch;
import dev.loopgate.gateway.GatewayEvents;
import dev.loopgate.testkit.TcpPeer;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A gateway in this process, which commands find by its control socket. */
final class GatewayHere implements AutoCloseable {

    /** Not JUnit's: the name of a Unix socket has to be short. */
    private final Path runtime;

    private final Path file;
    private final GatewayParts parts;
    private final ControlServer control;
    private final int port;

    private GatewayHere(Path runtime, Path file, int port) throws IOException {
        this.runtime = runtime;
        this.file = file;
        this.port = port;
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(
                Terminal.of(nowhere, nowhere, environment()::get, ""),
                environment()::get,
                Path.of("").toAbsolutePath());
        parts = GatewayParts.assemble(surroundings, GatewayEvents.NONE, Optional.of(file));
        ConfigurationReader reader = new ConfigurationReader(name -> null);
        ReadResult.Valid read = (ReadResult.Valid) reader.read(file, new DiskTexts());
        await(parts.gateway().start(read.configuration(), List.of()));
        ConfigurationPart own = new ConfigurationPart("own", Optional.of(file), read.configuration(), List.of(), read);
        control = ControlServer.open(
                ControlDirectory.from(environment()::get).orElseThrow(),
                new GatewayCommands(
                        parts.vertx(),
                        new Attachments(parts.gateway(), own, GatewayEvents.NONE),
                        new ConfigurationWatch(parts.vertx(), file, reader, notice -> {})));
    }

    /** @param hosts lines of {@code loopgate.yaml} in that folder, behind its port */
    static GatewayHere start(Path folder, String hosts) throws IOException {
        int port = TcpPeer.closedPort();
        Path file = Files.writeString(
                folder.resolve("loopgate.yaml"), "listen: 127.0.0.1:" + port + "\naccess-log: off\n" + hosts);
        return new GatewayHere(Files.createTempDirectory("lg"), file, port);
    }

    /** As it is once this one is closed: with the same file, found in the same place. */
    GatewayHere again() throws IOException {
        return new GatewayHere(runtime, file, port);
    }

    Path file() {
        return file;
    }

    int port() {
        return port;
    }

    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("XDG_RUNTIME_DIR", runtime.toString());
        environment.put("XDG_DATA_HOME", file.resolveSibling("data").toString());
        return environment;
    }

    ControlClient client() {
        return new ControlClient(ControlDirectory.from(environment()::get).orElseThrow());
    }

    Attachment attach(String name, String text) throws IOException {
        return client().attach(client().running().get(0), AttachRequest.ofText(name, text), event -> {});
    }

    Invocation command(Path folder, String... words) {
        return Invocation.of(folder, environment(), "", words);
    }

    @Override
    public void close() {
        control.close();
        await(parts.gateway().stopNow());
        parts.close();
        try {
            Files.deleteIfExists(runtime.resolve("loopgate"));
            Files.deleteIfExists(runtime);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
