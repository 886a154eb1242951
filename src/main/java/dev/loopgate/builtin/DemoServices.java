package dev.loopgate.builtin;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Sample services for {@code loopgate demo}, on free loopback ports: a page, server-sent events, a WebSocket echo, the
 * request as it arrived, and a TCP echo.
 */
public final class DemoServices {

    private static final String LOOPBACK = "127.0.0.1";
    private static final long TICK_MILLIS = 1_000;

    private final Vertx vertx;
    private final HttpServer http;
    private final NetServer tcp;

    private DemoServices(Vertx vertx, HttpServer http, NetServer tcp) {
        this.vertx = vertx;
        this.http = http;
        this.tcp = tcp;
    }

    /** Starts them all; fails where a port cannot be had. */
    public static Future<DemoServices> start(Vertx vertx) {
        HttpServer http = vertx.createHttpServer();
        NetServer tcp = vertx.createNetServer();
        DemoServices demo = new DemoServices(vertx, http, tcp);
        http.requestHandler(demo.routes()).webSocketHandler(DemoServices::echo);
        tcp.connectHandler(DemoServices::echo);
        return http.listen(0, LOOPBACK)
                .compose(listening -> tcp.listen(0, LOOPBACK))
                .map(demo);
    }

    public int httpPort() {
        return http.actualPort();
    }

    public int tcpPort() {
        return tcp.actualPort();
    }

    private Router routes() {
        Router router = Router.router(vertx);
        router.get("/").handler(DemoServices::page);
        router.get("/events").handler(context -> ticks(context.response()));
        router.route("/request")
                .handler(context -> context.response()
                        .putHeader("Content-Type", "text/plain; charset=utf-8")
                        .end(asReceived(context.request())));
        return router;
    }

    private static void page(RoutingContext context) {
        String page = resource("demo.html").replace("{{request}}", escape(asReceived(context.request())));
        context.response().putHeader("Content-Type", "text/html; charset=utf-8").end(page);
    }

    private void ticks(HttpServerResponse response) {
        response.putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .setChunked(true);
        int[] count = {0};
        response.write("data: tick 0\n\n");
        long timer = vertx.setPeriodic(TICK_MILLIS, id -> response.write("data: tick " + ++count[0] + "\n\n"));
        response.closeHandler(closed -> vertx.cancelTimer(timer));
        response.exceptionHandler(failed -> vertx.cancelTimer(timer));
    }

    private static void echo(ServerWebSocket socket) {
        socket.textMessageHandler(socket::writeTextMessage);
        socket.binaryMessageHandler(socket::writeBinaryMessage);
    }

    private static void echo(NetSocket socket) {
        socket.handler(bytes -> {
            socket.write(bytes);
            if (socket.writeQueueFull()) {
                socket.pause();
                socket.drainHandler(drained -> socket.resume());
            }
        });
    }

    private static String asReceived(HttpServerRequest request) {
        StringBuilder text = new StringBuilder();
        text.append(request.method()).append(' ').append(request.uri()).append(" HTTP/1.1\n");
        request.headers()
                .forEach((name, value) ->
                        text.append(name).append(": ").append(value).append('\n'));
        return text.toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String resource(String name) {
        try (InputStream in = DemoServices.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends them; connections that are open are closed. */
    public Future<Void> close() {
        return http.close().eventually(tcp::close);
    }
}
