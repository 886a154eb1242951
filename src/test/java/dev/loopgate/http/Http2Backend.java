package dev.loopgate.http;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.TcpPeer;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A backend of HTTP/2 behind h2.localhost: a script for each of its connections, on a thread of its own. To be registered
 * behind its {@link Stage}; serves what a test asks for, to the end of that test.
 */
final class Http2Backend implements AfterEachCallback {

    private final Stage stage;
    private @Nullable TcpPeer serving;

    Http2Backend(Stage stage) {
        this.stage = stage;
    }

    /** @param settings identifiers and values by turns */
    void serve(Consumer<Http2Peer> script, int... settings) {
        TcpPeer peer = TcpPeer.start(wire -> {
            try {
                script.accept(Http2Peer.server(wire, settings));
            } catch (AssertionError over) {
                // So is the test, or it fails for what the client sees.
            }
        });
        serving = peer;
        stage.gateway().install(configuration(stage, peer.port(), RouteOptions.DEFAULT));
    }

    /** A port behind h2.localhost that is to speak HTTP/2 with prior knowledge. */
    static Configuration configuration(Stage stage, int port, RouteOptions options) {
        Target target = new Target.Proxy(
                List.of(new Target.Upstream(new UpstreamAddress.LoopbackPort(port), "", Target.Scheme.H2C)),
                new Target.PathRewrite.Keep());
        return Sites.of(
                Sites.host("h2.localhost", new Route(PathPrefix.ROOT, target, options)),
                Sites.proxy("b.localhost", stage.b().port()));
    }

    /** A script: answers every request with its own path, once it is whole. */
    static void echoPaths(Http2Peer peer) {
        for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
            answer(peer, stream, peer.await(stream).field(":path"));
        }
    }

    static void answer(Http2Peer peer, int stream, String body) {
        peer.headers(stream, false, ":status", "200", "content-length", Integer.toString(body.length()))
                .data(stream, body, true);
    }

    private TcpPeer peer() {
        return Objects.requireNonNull(serving, "nothing is served yet");
    }

    int port() {
        return peer().port();
    }

    int accepted() {
        return peer().accepted();
    }

    int open() {
        return peer().open();
    }

    void dropAll(boolean byReset) {
        peer().dropAll(byReset);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (serving != null) {
            serving.close();
            serving = null;
        }
    }
}
