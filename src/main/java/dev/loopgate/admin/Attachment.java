package dev.loopgate.admin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A project that this process has attached to a running gateway. It is served until this is closed, the process ends in
 * whatever way, or the gateway does. Safe for use by any thread.
 */
public final class Attachment implements AutoCloseable {

    /** By then a gateway has taken the routes away, unless it is stuck. */
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final ControlLine line;
    private final JsonObject result;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Attachment(ControlLine line, JsonObject result) {
        this.line = line;
        this.result = result;
    }

    /** @param listener called on a thread of its own, one event after the other */
    static Attachment follow(ControlLine line, JsonObject result, Consumer<JsonObject> listener) {
        Attachment attachment = new Attachment(line, result);
        Thread thread = new Thread(() -> attachment.listen(listener), "loopgate-attachment");
        thread.setDaemon(true);
        thread.start();
        return attachment;
    }

    /**
     * What the gateway serves of it: {@code pid} of the gateway, {@code listeners}, {@code hosts} and {@code forwards} as
     * {@link StatusJson} writes them, {@code warnings}, and {@code ignored}, the keys of its file that have no effect.
     */
    public JsonObject result() {
        return result;
    }

    /** Completes once the gateway has ended, or this is closed. */
    public CompletionStage<Void> ended() {
        return ended;
    }

    /**
     * Puts another text in the place of the one it was attached with; the listener is told what came of it.
     *
     * @throws IOException where the gateway has ended
     */
    public void replace(String text) throws IOException {
        line.send(new JsonObject().put("text", text).encode());
    }

    /**
     * Has its file read again with these variables in the place of those it was attached with; the listener is told what
     * came of it.
     *
     * @throws IOException where the gateway has ended
     */
    public void use(Map<String, String> environment) throws IOException {
        line.send(new JsonObject()
                .put("environment", AttachmentJson.of(environment))
                .encode());
    }

    /** Has the gateway forget it, and waits for that, no longer than a few seconds. */
    @Override
    public void close() {
        try (line) {
            if (!ended.isDone()) {
                line.finish();
                ended.get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (IOException | ExecutionException | TimeoutException e) {
            // The gateway is gone or stuck, and the connection ends in any case.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen(Consumer<JsonObject> listener) {
        try {
            for (String text = line.read(Duration.ZERO); text != null; text = line.read(Duration.ZERO)) {
                listener.accept(new JsonObject(text));
            }
        } catch (IOException | DecodeException gone) {
            // It has ended in the middle of a word.
        } finally {
            ended.complete(null);
        }
    }
}
