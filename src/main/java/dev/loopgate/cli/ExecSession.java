package dev.loopgate.cli;

import dev.loopgate.admin.Attachment;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.cli.StartedServers.Started;
import dev.loopgate.devserver.Arrival;
import dev.loopgate.devserver.ControllingTerminal;
import dev.loopgate.devserver.DevPorts;
import dev.loopgate.devserver.DevServer;
import dev.loopgate.devserver.Guard;
import dev.loopgate.devserver.Launch;
import dev.loopgate.diagnose.SystemPortHolders;
import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Printable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Dev servers from their start to their end, each behind its name. */
final class ExecSession {

    /** What shells say of a command that there is none of. */
    private static final int NOT_FOUND = 127;

    private static final long LAST_LINES_MILLIS = 2_000;

    private final Surroundings surroundings;
    private final Terminal terminal;
    private final DevGateway gateways;
    private final boolean keepGoing;
    private final CompletableFuture<RunningGateway> gateway = new CompletableFuture<>();
    private final CompletableFuture<Void> trouble = new CompletableFuture<>();
    private @Nullable Attachment hold;

    /**
     * A dev server to start.
     *
     * @param label what its lines of output begin with
     */
    record Planned(String label, String host, Launch launch) {

        /** With variables that give way to those it has. */
        Planned with(Map<String, String> variables) {
            return new Planned(label, host, launch.withDefaults(variables));
        }
    }

    /** @param keepGoing whether the others go on where one ends */
    ExecSession(Surroundings surroundings, DevGateway gateways, boolean keepGoing) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
        this.gateways = gateways;
        this.keepGoing = keepGoing;
    }

    /**
     * Runs them to their end.
     *
     * @param running the gateway; empty where one has yet to be started, on {@code port}
     * @return the exit status of the only one, of the first that ended, or with {@code keepGoing} of the first that failed
     */
    int run(List<Planned> planned, Optional<RunningGateway> running, int port) {
        Optional<RunningGateway> known = running;
        if (known.isEmpty() && BackgroundGateway.portAnswers(port)) {
            // Another one on its way, or a stranger: better known before anything is started.
            known = Optional.of(gateways.start(port));
        }
        Guard guard = guard();
        StartedServers servers = new StartedServers(guard::groupGot);
        try {
            Optional<ProjectOutput> output = planned.size() == 1
                    ? Optional.empty()
                    : Optional.of(new ProjectOutput(
                            terminal, planned.stream().map(Planned::label).toList()));
            servers.takeSignals();
            for (Planned each : planned) {
                if (!servers.add(() -> start(each, guard, output))) {
                    break;
                }
            }
            if (servers.all().isEmpty()) {
                return servers.signalStatus();
            }
            findGateway(known, port);
            for (Started each : servers.all()) {
                Arrival.await(each.server(), actual -> each.name().listens(gateway, actual));
            }
            int status = await(servers);
            output.ifPresent(lines -> lines.finish(LAST_LINES_MILLIS));
            return status;
        } finally {
            servers.all().forEach(each -> each.name().close());
            guard.close();
            ControllingTerminal.restore(guard);
            release();
            servers.all().forEach(this::tellHolder);
        }
    }

    private static Guard guard() {
        try {
            return Guard.start();
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, "dev servers cannot be run here: " + e.getMessage());
        }
    }

    private Started start(Planned planned, Guard guard, Optional<ProjectOutput> output) {
        int port = planned.launch().port();
        if (DevPorts.answers(port)) {
            // One that was asked for: those that are chosen are free.
            throw new CommandFailure(
                    ExitStatus.PORT_TAKEN,
                    "port " + port + " is taken, so " + planned.host() + " would lead to another server",
                    "to see who has it: loopgate ports " + port);
        }
        try {
            DevServer server = DevServer.start(planned.launch(), guard, output.isEmpty());
            output.ifPresent(lines -> lines.follow(planned.label(), server.output(), server.errors()));
            return new Started(
                    planned,
                    server,
                    new ServedName(
                            gateways, planned.host(), planned.launch(), terminal, trouble::completeExceptionally));
        } catch (IOException e) {
            String program = Printable.kept(planned.launch().words().get(0));
            String cause = String.valueOf(e.getMessage());
            boolean none = cause.contains("No such file or directory");
            throw new CommandFailure(
                    NOT_FOUND,
                    none
                            ? program
                                    + (program.contains("/")
                                            ? ": there is no such file"
                                            : ": no such program is in the PATH")
                            : program + " cannot be started: " + cause.replaceFirst("^Cannot run program .*?\\): ", ""),
                    "it was to run in " + planned.launch().directory());
        }
    }

    private void findGateway(Optional<RunningGateway> known, int port) {
        Thread thread = new Thread(
                () -> {
                    try {
                        RunningGateway found = known.orElseGet(() -> gateways.start(port));
                        hold(found);
                        gateway.complete(found);
                    } catch (CommandFailure failure) {
                        gateway.completeExceptionally(failure);
                        trouble.completeExceptionally(failure);
                    } catch (RuntimeException unforeseen) {
                        CommandFailure failure = new CommandFailure(
                                ExitStatus.FAILED, "the gateway could not be found or started: " + unforeseen);
                        gateway.completeExceptionally(failure);
                        trouble.completeExceptionally(failure);
                    }
                },
                "loopgate-exec-gateway");
        thread.setDaemon(true);
        thread.start();
    }

    /** A gateway that was started for us is not to end while the dev server takes its time. */
    private void hold(RunningGateway found) {
        try {
            Attachment held = gateways.client()
                    .attach(
                            found,
                            AttachRequest.ofText("exec in " + surroundings.workingDirectory(), "{}"),
                            event -> {});
            synchronized (this) {
                hold = held;
            }
        } catch (IOException gone) {
            // Then the dev server does not get to know it either, and says so.
        }
    }

    private void release() {
        Attachment held;
        synchronized (this) {
            held = hold;
        }
        if (held != null) {
            held.close();
        }
    }

    private int await(StartedServers servers) {
        List<Started> started = servers.all();
        CompletableFuture<Integer> over = keepGoing || started.size() == 1 ? lastOf(servers) : firstOf(started);
        try {
            CompletableFuture.anyOf(over, trouble).join();
            return over.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof CommandFailure failure) {
                throw failure;
            }
            throw e;
        } finally {
            servers.endAll();
        }
    }

    /** What one leaves behind does not stay until the others end. */
    private CompletableFuture<Integer> lastOf(StartedServers servers) {
        AtomicInteger failed = new AtomicInteger();
        CompletableFuture<?>[] ends = servers.all().stream()
                .map(each -> each.server()
                        .exit()
                        .thenAcceptAsync(
                                status -> {
                                    failed.compareAndSet(0, status);
                                    each.name().close();
                                    tellEnd(servers.all(), each, status);
                                    servers.end(each);
                                },
                                ExecSession::onThread))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(ends).thenApply(none -> failed.get());
    }

    private CompletableFuture<Integer> firstOf(List<Started> started) {
        CompletableFuture<Integer> first = new CompletableFuture<>();
        for (Started each : started) {
            each.server()
                    .exit()
                    .thenAcceptAsync(
                            status -> {
                                each.name().close();
                                if (first.complete(status)) {
                                    tellEnd(started, each, status);
                                }
                            },
                            ExecSession::onThread);
        }
        return first;
    }

    private static void onThread(Runnable work) {
        Thread thread = new Thread(work, "loopgate-exec-end");
        thread.setDaemon(true);
        thread.start();
    }

    private void tellEnd(List<Started> started, Started ended, int status) {
        if (started.size() > 1) {
            terminal.say(ended.planned().label() + " has ended, with status " + status
                    + (keepGoing ? "" : "; so do the others"));
        }
    }

    /** A daemon that has left for good is not ended; but its port is not free for the next start. */
    private void tellHolder(Started each) {
        int port = each.planned().launch().port();
        if (!DevPorts.answers(port)) {
            return;
        }
        try {
            new SystemPortHolders()
                    .holderOf(
                            Protocol.TCP,
                            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port))
                    .ifPresent(holder -> terminal.warn("port " + port + " is still held by " + holder.name()
                            + ", process " + holder.pid() + ", which was left behind (to end it: kill "
                            + holder.pid() + ")"));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
