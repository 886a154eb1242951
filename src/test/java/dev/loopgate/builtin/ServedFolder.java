package dev.loopgate.builtin;

import dev.loopgate.http.HttpGateway;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Target;
import dev.loopgate.net.Listener;
import dev.loopgate.net.Transport;
import dev.loopgate.observe.AccessLog;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A folder behind the gateway: {@code files.localhost} serves it, {@code spa.localhost} with a fallback, and
 * {@code web.localhost} under {@code /docs}.
 */
final class ServedFolder implements AutoCloseable {

    /** So long ago that its tags are strong. */
    static final Instant LONG_AGO = Instant.parse("2024-05-06T07:08:09Z");

    private final Vertx vertx = Transport.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final FilesService service;
    private final HttpGateway http;
    private final Listener listener;
    private final Path root;

    /** @param runtime where sockets go */
    ServedFolder(Path root, Path runtime) {
        this.root = root;
        Transport transport = new Transport(vertx);
        service = new FilesService(vertx, Map.of("XDG_RUNTIME_DIR", runtime.toString())::get);
        http = new HttpGateway(
                transport,
                Tls.withoutAuthority(),
                new AccessLog(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)));
        http.install(http.compile(configuration(root), service));
        listener = await(transport.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), http::accept));
    }

    private static Configuration configuration(Path root) {
        Target plain = new Target.Files(root, Optional.empty());
        return Sites.of(
                Sites.host("files.localhost", Sites.route("/", plain)),
                Sites.host("spa.localhost", Sites.route("/", new Target.Files(root, Optional.of("index.html")))),
                Sites.host(
                        "web.localhost",
                        Sites.route("/docs", plain),
                        Sites.route("/a:b", plain),
                        Sites.route("/", new Target.Respond(200, "root", Map.of()))));
    }

    FilesService service() {
        return service;
    }

    int port() {
        return listener.port();
    }

    RawResponse get(String target, String... fields) {
        return ask("GET", "files.localhost", target, fields);
    }

    RawResponse ask(String method, String host, String target, String... fields) {
        try (RawClient client = RawClient.connect(port())) {
            return client.request(method, host, target, "", fields).response(method, Eventually.LIMIT);
        }
    }

    /** A file that was last changed long ago. */
    void write(String name, String content) throws IOException {
        write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    void write(String name, byte[] content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(Eventually.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        await(listener.close());
        http.close();
        await(service.close());
        await(vertx.close());
    }
}
