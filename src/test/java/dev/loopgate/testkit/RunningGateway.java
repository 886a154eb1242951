package dev.loopgate.testkit;

import dev.loopgate.http.HttpGateway;
import dev.loopgate.model.Configuration;
import dev.loopgate.net.Diagnosis;
import dev.loopgate.net.Listener;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.net.Transport;
import dev.loopgate.observe.AccessLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The HTTP gateway in process, on a free port of 127.0.0.1; without static files, and recording nothing. */
public final class RunningGateway implements AutoCloseable {

    private final Vertx vertx;
    private final HttpGateway http;
    private final Listener listener;

    private RunningGateway(Vertx vertx, HttpGateway http, Listener listener) {
        this.vertx = vertx;
        this.http = http;
        this.listener = listener;
    }

    /** On one event loop, so that every client shares one pool of upstream connections. */
    public static RunningGateway start(Configuration configuration) {
        return start(configuration, 1);
    }

    public static RunningGateway start(Configuration configuration, int eventLoops) {
        return start(configuration, eventLoops, Diagnosis.NONE);
    }

    /** One that has failures of upstreams diagnosed. */
    public static RunningGateway start(Configuration configuration, Diagnosis diagnosis) {
        return start(configuration, 1, diagnosis);
    }

    /** One that serves TLS with this. */
    public static RunningGateway start(Configuration configuration, TlsTermination tls) {
        return start(configuration, 1, Diagnosis.NONE, tls);
    }

    private static RunningGateway start(Configuration configuration, int eventLoops, Diagnosis diagnosis) {
        return start(configuration, eventLoops, diagnosis, Tls.withoutAuthority());
    }

    private static RunningGateway start(
            Configuration configuration, int eventLoops, Diagnosis diagnosis, TlsTermination tls) {
        Vertx vertx = Transport.vertx(new VertxOptions().setEventLoopPoolSize(eventLoops));
        Transport transport = new Transport(vertx);
        HttpGateway http = new HttpGateway(
                transport,
                tls,
                new AccessLog(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)),
                diagnosis);
        Listener listener = await(transport.listen(loopback(), http::accept));
        RunningGateway gateway = new RunningGateway(vertx, http, listener);
        gateway.install(configuration);
        return gateway;
    }

    /** Puts another configuration's hosts in force. */
    public void install(Configuration configuration) {
        http.install(http.compile(configuration, files -> {
            throw new IllegalStateException("no static files here");
        }));
    }

    public int port() {
        return listener.port();
    }

    /** Client connections that are open. */
    public int connections() {
        return http.connections();
    }

    public HttpGateway http() {
        return http;
    }

    @Override
    public void close() {
        await(listener.close());
        http.close();
        await(vertx.close());
    }

    private static InetSocketAddress loopback() {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(Eventually.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
