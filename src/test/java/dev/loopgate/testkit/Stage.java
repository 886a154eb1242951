package dev.loopgate.testkit;

import dev.loopgate.model.Configuration;
import dev.loopgate.net.TlsTermination;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A gateway between two backends for a class of tests. After each test its clients are closed, nothing may be left open in
 * the gateway, and the backends forget what they were told.
 */
public final class Stage implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private final Function<Stage, Configuration> configuration;
    private final TlsTermination tls;
    private final LeakCheck leaks = new LeakCheck();
    private final List<RawClient> clients = new ArrayList<>();
    private @Nullable ScriptedBackend first;
    private @Nullable ScriptedBackend second;
    private @Nullable RunningGateway running;
    private @Nullable ClosedPort closed;

    /** With a.localhost and b.localhost, a backend behind each, and down.localhost with nothing behind it. */
    public Stage() {
        this(stage -> Sites.of(
                Sites.proxy("a.localhost", stage.a().port()),
                Sites.proxy("b.localhost", stage.b().port()),
                Sites.proxy("down.localhost", stage.closedPort())));
    }

    public Stage(Function<Stage, Configuration> configuration) {
        this(configuration, Tls.withoutAuthority());
    }

    /** One whose gateway serves TLS with this. */
    public Stage(Function<Stage, Configuration> configuration, TlsTermination tls) {
        this.configuration = configuration;
        this.tls = tls;
    }

    /** The backend A. */
    public ScriptedBackend a() {
        return Objects.requireNonNull(first, "before the first test");
    }

    /** The backend B. */
    public ScriptedBackend b() {
        return Objects.requireNonNull(second, "before the first test");
    }

    /** A port that refuses connections. */
    public int closedPort() {
        return Objects.requireNonNull(closed, "before the first test").port();
    }

    public RunningGateway gateway() {
        return Objects.requireNonNull(running, "before the first test");
    }

    /** A new client connection, closed after the test. */
    public RawClient client() {
        return keep(RawClient.connect(gateway().port()));
    }

    /** One that cannot take much before it reads. */
    public RawClient narrowClient() {
        return keep(RawClient.connectNarrow(gateway().port()));
    }

    /** One that speaks HTTP/2, closed after the test, too. */
    public Http2Peer http2Client() {
        Http2Peer peer = Http2Peer.client(gateway().port());
        keep(RawClient.over(peer.wire()));
        return peer;
    }

    /** Closed after the test, too. */
    public RawClient keep(RawClient client) {
        clients.add(client);
        return client;
    }

    /** Sends bytes on a new connection and reads an answer to a GET. */
    public RawResponse send(String bytes) {
        return client().send(bytes).response();
    }

    /** A GET on a new connection. */
    public RawResponse get(String host, String target, String... fields) {
        return client().get(host, target, fields).response();
    }

    /** Fails where the gateway does not serve a plain request any more. */
    public void stillServes() {
        RawResponse response = get("b.localhost", "/alive");
        if (response.status() != 200 || !response.clean()) {
            throw new AssertionError("the gateway no longer serves: " + response);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        leaks.beforeAll(context);
        closed = new ClosedPort();
        first = ScriptedBackend.start("A");
        second = ScriptedBackend.start("B");
        running = RunningGateway.start(configuration.apply(this), tls);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        leaks.beforeEach(context);
        gateway().install(configuration.apply(this));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        // Not closed: the answer to a client that only ended its direction may take its time.
        clients.forEach(RawClient::reset);
        clients.clear();
        a().forget();
        b().forget();
        Eventually.until(
                "no client connection is left in the gateway", () -> gateway().connections() == 0);
        leaks.afterEach(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        gateway().close();
        a().close();
        b().close();
        Objects.requireNonNull(closed, "before the first test").close();
        leaks.afterAll(context);
    }
}
