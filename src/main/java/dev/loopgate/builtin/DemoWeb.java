package dev.loopgate.builtin;

import dev.loopgate.http.PageTemplate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The demo's web server: a page that shows the request it came by, server-sent events, and a WebSocket echo. */
final class DemoWeb {

    private static final Set<String> SET_BY_GATEWAY =
            Set.of("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "via");

    private static final long TICK_MILLIS = 1000;
    private static final int LARGEST_MESSAGE = 1024 * 1024;

    private final Vertx vertx;
    private final PageTemplate page;
    private final HttpServer server;

    DemoWeb(Vertx vertx) {
        this.vertx = vertx;
        this.page = new PageTemplate(resource("demo.html")
                .replace("<!--style-->", resource("/dev/loopgate/http/page.css") + resource("demo.css"))
                .replace("<!--script-->", resource("demo.js")));
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setMaxWebSocketFrameSize(LARGEST_MESSAGE)
                        .setMaxWebSocketMessageSize(LARGEST_MESSAGE))
                .requestHandler(routes())
                .webSocketHandler(DemoWeb::echo);
    }

    Future<Void> listen() {
        return server.listen(0, "127.0.0.1").mapEmpty();
    }

    int port() {
        return server.actualPort();
    }

    Future<Void> close() {
        return server.close();
    }

    private Router routes() {
        Router router = Router.router(vertx);
        read(router, "/")
                .handler(context -> context.response()
                        .putHeader("Content-Type", "text/html; charset=utf-8")
                        .putHeader("Cache-Control", "no-store")
                        .end(page.render(values(context.request()))));
        read(router, "/events").handler(context -> ticks(context.request()));
        router.route("/request").handler(context -> text(context.response(), asReceived(context.request())));
        router.route("/echo")
                .handler(context -> text(
                        context.response().setStatusCode(426).putHeader("Upgrade", "websocket"),
                        "This is a WebSocket that sends back what it is sent: ws://" + hostOf(context.request())
                                + portOf(context.request()) + "/echo\n"));
        router.route()
                .handler(context ->
                        text(context.response().setStatusCode(404), "The demo has /, /request, /events and /echo.\n"));
        return router;
    }

    private static Route read(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    private static void text(HttpServerResponse response, String text) {
        response.putHeader("Content-Type", "text/plain; charset=utf-8").end(text);
    }

    private Map<String, Object> values(HttpServerRequest request) {
        Map<String, Object> values = new HashMap<>();
        values.put("host", hostOf(request));
        values.put("port", portOf(request));
        values.put("upstream", Integer.toString(port()));
        values.put("line", line(request));
        List<Map<String, Object>> fields = new ArrayList<>();
        for (Map.Entry<String, String> field : request.headers()) {
            boolean ours = SET_BY_GATEWAY.contains(field.getKey().toLowerCase(Locale.ROOT));
            fields.add(Map.of("name", field.getKey(), "value", field.getValue(), "kind", ours ? "ours" : "theirs"));
        }
        values.put("fields", fields);
        return values;
    }

    private static String asReceived(HttpServerRequest request) {
        StringBuilder text = new StringBuilder(line(request)).append('\n');
        request.headers()
                .forEach(field -> text.append(field.getKey())
                        .append(": ")
                        .append(field.getValue())
                        .append('\n'));
        return text.toString();
    }

    private static String line(HttpServerRequest request) {
        return request.method() + " " + request.uri() + " HTTP/1.1";
    }

    /** One event a second for as long as somebody listens. */
    private void ticks(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        response.putHeader("Content-Type", "text/event-stream").putHeader("Cache-Control", "no-cache");
        if (request.method().equals(HttpMethod.HEAD)) {
            response.end();
            return;
        }
        response.setChunked(true);
        int[] count = {0};
        tick(response, count);
        long timer = vertx.setPeriodic(TICK_MILLIS, fired -> tick(response, count));
        response.exceptionHandler(gone -> vertx.cancelTimer(timer));
        response.closeHandler(closed -> vertx.cancelTimer(timer));
    }

    private static void tick(HttpServerResponse response, int[] count) {
        // A listener that does not keep up misses ticks.
        if (!response.closed() && !response.writeQueueFull()) {
            count[0]++;
            JsonObject data = new JsonObject()
                    .put("tick", count[0])
                    .put("time", Instant.now().toString());
            response.write("id: " + count[0] + "\ndata: " + data.encode() + "\n\n");
        }
    }

    private static void echo(ServerWebSocket socket) {
        socket.exceptionHandler(gone -> {});
        socket.textMessageHandler(text -> paced(socket, socket.writeTextMessage(text)));
        socket.binaryMessageHandler(bytes -> paced(socket, socket.writeBinaryMessage(bytes)));
    }

    /** Reads on only while the other side takes what it said. */
    private static void paced(ServerWebSocket socket, Future<Void> written) {
        if (socket.writeQueueFull()) {
            socket.pause();
            written.onComplete(done -> socket.resume());
        }
    }

    private static String hostOf(HttpServerRequest request) {
        return request.authority() == null ? "localhost" : request.authority().host();
    }

    /** With its colon; nothing where the client left it away. */
    private static String portOf(HttpServerRequest request) {
        return request.authority() == null || request.authority().port() <= 0
                ? ""
                : ":" + request.authority().port();
    }

    private static String resource(String name) {
        try (InputStream in = DemoWeb.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("missing from the jar: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
