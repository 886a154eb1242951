package dev.loopgate.e2e;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/** Servers that can take a crowd: one that answers a request by its body and echoes WebSockets, and one that echoes TCP. */
final class LiveServers implements AutoCloseable {

    private static final int BACKLOG = 2048;

    private final Vertx vertx = Vertx.vertx();
    /** Kept, since one that nobody refers to is closed together with its sockets. */
    private final WebSocketClient webSockets = vertx.createWebSocketClient();

    private final HttpServer http;
    private final NetServer echo;

    LiveServers() {
        http = await(vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(BACKLOG))
                .requestHandler(request ->
                        request.body().onSuccess(body -> request.response().end("got ".concat(body.toString()))))
                .webSocketHandler((ServerWebSocket socket) -> socket.textMessageHandler(socket::writeTextMessage))
                .listen(0, "127.0.0.1"));
        echo = await(vertx.createNetServer(new NetServerOptions().setAcceptBacklog(BACKLOG))
                .connectHandler(socket -> socket.pipeTo(socket))
                .listen(0, "127.0.0.1"));
    }

    int http() {
        return http.actualPort();
    }

    int echo() {
        return echo.actualPort();
    }

    /** Opens a WebSocket to a host of the gateway on that port. */
    WebSocket webSocket(String host, int port) {
        return await(webSockets.connect(new WebSocketConnectOptions()
                .setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1"))
                .setHost(host)
                .setPort(port)
                .setURI("/socket")));
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(Rig.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
