package dev.loopgate.testkit;

import dev.loopgate.net.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.junit5.VertxProvider;

/** A Vert.x for tests on the transport that users run; closed by its extension when the test is over. */
public final class ShippedVertx implements VertxProvider {

    @Override
    public Vertx get() {
        return Transport.vertx(new VertxOptions());
    }
}
