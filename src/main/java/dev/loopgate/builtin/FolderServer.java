package dev.loopgate.builtin;

import dev.loopgate.model.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server of one folder, on a Unix socket of its own. */
final class FolderServer {

    private static final Logger LOG = LoggerFactory.getLogger(FolderServer.class);

    /** More than the gateway lets through, with room for the fields that it adds. */
    private static final int LARGEST_HEAD = 128 * 1024;

    private final Vertx vertx;
    private final FolderAnswers answers;
    private final AtomicInteger sending;
    private final Path socket;
    private final HttpServer server;

    FolderServer(Vertx vertx, Target.Files files, Path socket, AtomicInteger sending) {
        this.vertx = vertx;
        this.answers = new FolderAnswers(files, Clock.systemUTC());
        this.sending = sending;
        this.socket = socket;
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setMaxInitialLineLength(LARGEST_HEAD)
                        .setMaxHeaderSize(LARGEST_HEAD))
                .requestHandler(this::answer);
    }

    Path socket() {
        return socket;
    }

    Future<Void> listen() {
        return server.listen(SocketAddress.domainSocketAddress(socket.toString()))
                .mapEmpty();
    }

    /** Takes no more connections, lets exchanges end, and closes what is left then. */
    Future<Void> shutdown(Duration grace) {
        return server.shutdown(grace);
    }

    private void answer(HttpServerRequest request) {
        String method = request.method().name();
        vertx.executeBlocking(() -> answers.answer(method, request.uri(), request.headers()), false)
                .onComplete(answered -> {
                    if (answered.succeeded()) {
                        send(request.response(), answered.result(), method.equals("HEAD"));
                    } else {
                        LOG.warn(
                                "a file could not be read: {}", answered.cause().toString());
                        request.response().setStatusCode(500).end();
                    }
                });
    }

    private void send(HttpServerResponse response, Reply reply, boolean head) {
        if (response.closed()) {
            reply.rest()
                    .ifPresent(file -> vertx.executeBlocking(
                            () -> {
                                file.close();
                                return null;
                            },
                            false));
            return;
        }
        response.setStatusCode(reply.status());
        response.putHeader("Date", HttpDates.write(Instant.now()));
        for (Map.Entry<String, String> field : reply.fields()) {
            response.putHeader(field.getKey(), field.getValue());
        }
        if (reply.length() >= 0) {
            response.putHeader("Content-Length", Long.toString(reply.length()));
        }
        if (head || reply.rest().isEmpty()) {
            response.end(head ? io.vertx.core.buffer.Buffer.buffer() : reply.start());
            return;
        }
        response.write(reply.start());
        new FileSender(vertx, sending, response, reply.rest().get()).send().onComplete(sent -> {
            if (sent.succeeded()) {
                response.end();
            } else {
                // What was announced cannot be kept: an aborted answer is not taken for a whole one.
                response.reset();
            }
        });
    }
}
