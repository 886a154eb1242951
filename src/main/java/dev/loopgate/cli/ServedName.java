package dev.loopgate.cli;

import dev.loopgate.admin.AttachRefused;
import dev.loopgate.admin.Attachment;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.devserver.Launch;
import dev.loopgate.gateway.AttachRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The route to one dev server, from when that listens until it ends: also at a gateway that comes after the first one. */
final class ServedName {

    private static final long LOOK_MILLIS = 500;

    private final DevGateway gateways;
    private final String host;
    private final Launch launch;
    private final Terminal terminal;
    private final Consumer<CommandFailure> failed;
    private @Nullable Attachment attachment;
    private boolean closed;
    private int port;

    /** @param failed told where the name cannot be served */
    ServedName(DevGateway gateways, String host, Launch launch, Terminal terminal, Consumer<CommandFailure> failed) {
        this.gateways = gateways;
        this.host = host;
        this.launch = launch;
        this.terminal = terminal;
        this.failed = failed;
    }

    /** The dev server listens. Blocks until there is a gateway, and it has the route. */
    void listens(CompletableFuture<RunningGateway> gateway, int actual) {
        Attachment held;
        synchronized (this) {
            port = actual;
            held = attachment;
        }
        if (actual != launch.port()) {
            terminal.warn(
                    host + ": it listens on " + actual + ", not on PORT=" + launch.port() + ", and is served there");
        }
        if (held != null) {
            move(held);
            return;
        }
        RunningGateway running;
        try {
            running = gateway.join();
        } catch (CompletionException reported) {
            // Whoever could not start the gateway says so.
            return;
        }
        serve(running);
    }

    /** It listened elsewhere before: the name stays its own meanwhile. */
    private void move(Attachment held) {
        try {
            held.replace(text());
            terminal.say(host + " leads to port " + port + " now");
        } catch (IOException gone) {
            // Whoever notices the end of the gateway serves the new port at the next one.
        }
    }

    /** The dev server has ended. */
    void close() {
        Attachment last;
        synchronized (this) {
            closed = true;
            last = attachment;
        }
        if (last != null) {
            last.close();
        }
    }

    private void serve(RunningGateway gateway) {
        Attachment next;
        try {
            next = gateways.client()
                    .attach(gateway, AttachRequest.ofText(DevGateway.PROJECT + host, text()), event -> {});
        } catch (AttachRefused refused) {
            List<String> lines = new ArrayList<>();
            lines.add(host + " cannot be served");
            lines.addAll(refused.problems());
            failed.accept(new CommandFailure(ExitStatus.FAILED, lines));
            return;
        } catch (IOException gone) {
            lost();
            return;
        }
        Attachment before;
        synchronized (this) {
            before = attachment;
            attachment = next;
        }
        if (before != null) {
            before.close();
        }
        terminal.say(terminal.errStyle().bold(DevGateway.url(host, DevGateway.port(gateway)) + "/")
                + terminal.errStyle().dim(" leads to port " + port));
        if (isClosed()) {
            next.close();
            return;
        }
        next.ended().thenRun(() -> {
            if (isCurrent(next)) {
                lost();
            }
        });
    }

    private synchronized String text() {
        Object target = launch.rewriteHost() ? new JsonObject().put("to", port).put("host", "rewrite") : (Object) port;
        return new JsonObject().put("hosts", new JsonObject().put(host, target)).encode();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized boolean isCurrent(Attachment ended) {
        return !closed && attachment == ended;
    }

    /** Somebody has ended the gateway, perhaps to start another one: no business of ours, but that one is to know us. */
    private void lost() {
        terminal.warn("the gateway has ended; " + host + " is back with the next one (to start it: loopgate run)");
        Thread thread = new Thread(
                () -> {
                    try {
                        while (!isClosed()) {
                            Optional<RunningGateway> next = next();
                            if (next.isPresent()) {
                                serve(next.get());
                                return;
                            }
                            Thread.sleep(LOOK_MILLIS);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "loopgate-served-name");
        thread.setDaemon(true);
        thread.start();
    }

    private Optional<RunningGateway> next() {
        try {
            return gateways.find();
        } catch (CommandFailure several) {
            return Optional.empty();
        }
    }
}
