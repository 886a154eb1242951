package dev.loopgate.testkit;

import dev.loopgate.net.Addresses;
import dev.loopgate.net.QuicListener;
import dev.loopgate.net.QuicListening;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * HTTP/3 for the gateway of a {@link Stage}, on the UDP port of the same number. To be registered behind it; skips the
 * tests where QUIC cannot be had.
 */
public final class Http3Stage implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private final Stage stage;
    private final Tls tls;
    private final List<Http3Client> clients = new ArrayList<>();
    private @Nullable QuicListener listener;

    /** @param tls what the stage's gateway was made with */
    public Http3Stage(Stage stage, Tls tls) {
        this.stage = stage;
        this.tls = tls;
    }

    /** A new connection, closed after the test. */
    public Http3Client client(String name) throws Exception {
        return client(name, Objects.requireNonNull(listener, "before the first test"));
    }

    public Http3Client client(String name, QuicListener of) throws Exception {
        Http3Client client =
                Http3Client.connect(of.address().getPort(), name, tls.folder().certificateOrNew(Instant.now()));
        clients.add(client);
        return client;
    }

    /** One more socket, for a test to close. */
    public QuicListener listen(int port) throws Exception {
        return stage.gateway()
                .http()
                .listenHttp3(new InetSocketAddress(Addresses.LOOPBACK4, port))
                .toCompletionStage()
                .toCompletableFuture()
                .get(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        QuicListening.lacking().ifPresent(Programs::missing);
        listener = listen(stage.gateway().port());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        clients.forEach(Http3Client::close);
        clients.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        QuicListener own = listener;
        if (own != null) {
            own.close().toCompletionStage().toCompletableFuture().get(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
