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

    /** After a gateway that does not take it; somebody has to change something before the next one does. */
    private static final long REFUSED_MILLIS = 2_000;

    private final DevGateway gateways;
    private final String host;
    private final Launch launch;
    private final Terminal terminal;
    private final Consumer<CommandFailure> failed;
    private @Nullable Attachment attachment;
    private boolean closed;
    private int port;
    private @Nullable Integer gatewayPort;

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
        try {
            serve(running);
        } catch (AttachRefused refused) {
            List<String> lines = new ArrayList<>();
            lines.add(host + " cannot be served");
            lines.addAll(refused.problems());
            failed.accept(new CommandFailure(ExitStatus.FAILED, lines));
        } catch (IOException gone) {
            lost();
        }
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

    /** @throws IOException where the gateway has ended */
    private void serve(RunningGateway gateway) throws IOException {
        Attachment next =
                gateways.client().attach(gateway, AttachRequest.ofText(DevGateway.PROJECT + host, text()), event -> {});
        Attachment before;
        synchronized (this) {
            before = attachment;
            attachment = next;
            gatewayPort = DevGateway.port(gateway);
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
                        returnToNext();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "loopgate-served-name");
        thread.setDaemon(true);
        thread.start();
    }

    /** The dev server is at work, so that what the next gateway has against its name does not end it. */
    private void returnToNext() throws InterruptedException {
        List<String> told = List.of();
        while (!isClosed()) {
            long pause = LOOK_MILLIS;
            Optional<RunningGateway> next = next();
            if (next.isPresent()) {
                try {
                    serve(next.get());
                    return;
                } catch (AttachRefused refused) {
                    if (!refused.problems().equals(told)) {
                        told = refused.problems();
                        terminal.warn("the next gateway does not serve " + host + ": " + String.join("; ", told)
                                + " (the dev server runs on, and this is tried again)");
                    }
                    pause = REFUSED_MILLIS;
                } catch (IOException gone) {
                    // There will be another.
                }
            }
            Thread.sleep(pause);
        }
    }

    /** One in the place of the last: the dev server has its address from that, and another project's is none of ours. */
    private Optional<RunningGateway> next() {
        Integer last;
        synchronized (this) {
            last = gatewayPort;
        }
        try {
            return gateways.find().filter(found -> last == null || DevGateway.port(found) == last);
        } catch (CommandFailure several) {
            return Optional.empty();
        }
    }
}
