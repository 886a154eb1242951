package dev.loopgate.admin;

import dev.loopgate.gateway.AttachFailure;
import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.gateway.AttachedProject;
import dev.loopgate.gateway.ReloadReport;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's side of a connection that keeps a project attached. After the answer the client may send
 * {@code {"text":"…"}}, another configuration in the place of the one before, or {@code {"environment":{…}}}, other
 * variables for the file; the gateway sends {@code {"reloaded":…}}, {@code {"outcome":"…","problems":[…]}} and
 * {@code {"notice":"…"}}, in answer to that and when a file that it follows has changed.
 */
final class AttachedClient {

    private static final Logger LOG = LoggerFactory.getLogger(AttachedClient.class);
    private static final Duration ANSWER_TIME = Duration.ofSeconds(10);
    private static final long CHANGE_SECONDS = 30;

    private final ControlLine line;
    private final ControlCommands commands;

    AttachedClient(ControlLine line, ControlCommands commands) {
        this.line = line;
        this.commands = commands;
    }

    /** Answers, and stays until the client leaves. Blocks. */
    void serve(JsonObject json) throws IOException {
        AttachRequest request;
        try {
            request = AttachmentJson.request(json);
        } catch (IllegalArgumentException e) {
            refuse(ControlServer.failure(String.valueOf(e.getMessage())));
            return;
        }
        CompletionStage<AttachedProject> attaching = commands.attach(request, new AttachedProject.Listener() {
            @Override
            public void changed(ReloadReport report) {
                tell(AttachmentJson.of(report));
            }

            @Override
            public void notice(String sentence) {
                tell(new JsonObject().put("notice", sentence));
            }
        });
        try {
            AttachedProject project = await(attaching);
            line.send(ControlServer.success(AttachmentJson.of(project)).encode());
            listen(project);
        } catch (ExecutionException e) {
            refuse(
                    e.getCause() instanceof AttachFailure failure
                            ? AttachmentJson.of(failure).put("ok", false).put("error", failure.getMessage())
                            : ControlServer.failure(String.valueOf(e.getCause())));
        } catch (TimeoutException e) {
            refuse(ControlServer.failure("the gateway has not taken it within " + CHANGE_SECONDS + " s"));
        } finally {
            leave(attaching);
        }
    }

    private void listen(AttachedProject project) throws IOException {
        for (String text = line.read(Duration.ZERO); text != null; text = line.read(Duration.ZERO)) {
            try {
                JsonObject said = new JsonObject(text);
                String configuration = said.getString("text");
                if (configuration != null) {
                    tell(AttachmentJson.of(await(project.replace(configuration).toCompletionStage())));
                } else {
                    project.use(AttachmentJson.environment(said));
                }
            } catch (DecodeException | ClassCastException e) {
                tell(new JsonObject().put("notice", "a line that is no JSON object was not understood"));
            } catch (ExecutionException | TimeoutException e) {
                tell(new JsonObject().put("notice", "the text was not taken: " + e.getMessage()));
            }
        }
    }

    /** Also one that comes to be only after nobody waits for it any more. */
    private static void leave(CompletionStage<AttachedProject> attaching) {
        CompletionStage<Void> left =
                attaching.thenCompose(project -> project.close().toCompletionStage());
        try {
            await(left);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("a project left", e);
        }
    }

    private void refuse(JsonObject answer) throws IOException {
        line.send(answer.encode());
        line.finish(ANSWER_TIME);
    }

    private void tell(JsonObject event) {
        try {
            line.send(event.encode());
        } catch (IOException gone) {
            LOG.debug("an attached client", gone);
        }
    }

    private static <T> T await(CompletionStage<T> stage) throws ExecutionException, TimeoutException {
        try {
            return stage.toCompletableFuture().get(CHANGE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException(e);
        }
    }
}
