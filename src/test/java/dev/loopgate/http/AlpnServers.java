package dev.loopgate.http;

import dev.loopgate.model.Credential;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.Tls;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PfxOptions;
import java.io.ByteArrayOutputStream;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two servers of Vert.x's over TLS for a class of tests: one that speaks HTTP/2 with who wants it, and one that never does.
 * They answer with the body they got, and refuse in HTTP/2 what is sent to /refused.
 */
final class AlpnServers implements BeforeAllCallback, AfterAllCallback {

    private static final String PASSWORD = "password";

    private final Tls tls;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private @Nullable Vertx vertx;
    private @Nullable HttpServer both;
    private @Nullable HttpServer old;

    AlpnServers(Tls tls) {
        this.tls = tls;
    }

    /** The port of the one that speaks HTTP/2, too. */
    int both() {
        return Objects.requireNonNull(both, "before the first test").actualPort();
    }

    /** The port of the other. */
    int old() {
        return Objects.requireNonNull(old, "before the first test").actualPort();
    }

    /** On which anything was answered. */
    Set<HttpConnection> connections() {
        return connections;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Buffer keys = keys();
        Vertx running = Vertx.vertx();
        vertx = running;
        both = server(running, keys, true);
        old = server(running, keys, false);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (vertx != null) {
            vertx.close().toCompletionStage().toCompletableFuture().get(15, TimeUnit.SECONDS);
        }
    }

    private Buffer keys() throws Exception {
        tls.trusting();
        Credential credential = new LocalCertificates(Optional.of(tls.folder()), InstantSource.system(), sentence -> {})
                .certificate(new TlsIdentity.Local("localhost", ""));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "own",
                credential.key(),
                PASSWORD.toCharArray(),
                credential.chain().toArray(Certificate[]::new));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.store(out, PASSWORD.toCharArray());
        return Buffer.buffer(out.toByteArray());
    }

    private HttpServer server(Vertx running, Buffer keys, boolean alpn) throws Exception {
        HttpServerOptions options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setSsl(true)
                .setUseAlpn(alpn)
                .setKeyCertOptions(new PfxOptions().setValue(keys).setPassword(PASSWORD));
        return running.createHttpServer(options)
                .requestHandler(this::answer)
                .webSocketHandler(socket -> socket.textMessageHandler(text -> socket.writeTextMessage("heard " + text)))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(15, TimeUnit.SECONDS);
    }

    private void answer(HttpServerRequest request) {
        boolean refused = request.path().equals("/refused") && request.version() == HttpVersion.HTTP_2;
        connections.add(request.connection());
        request.body().onSuccess(body -> {
            if (refused) {
                request.response().reset(Http2Peer.REFUSED_STREAM);
            } else {
                request.response()
                        .putHeader("x-version", request.version().name())
                        .putHeader("x-scheme", String.valueOf(request.scheme()))
                        .end(body.length() > 0 ? body : Buffer.buffer("none"));
            }
        });
    }
}
