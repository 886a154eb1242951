package dev.loopgate.cli;

import dev.loopgate.admin.ControlCommands;
import dev.loopgate.admin.ControlDirectory;
import dev.loopgate.admin.ControlServer;
import dev.loopgate.config.Problem;
import dev.loopgate.config.ReadResult;
import dev.loopgate.gateway.Attachments;
import dev.loopgate.gateway.ConfigurationPart;
import dev.loopgate.gateway.ConfigurationWatch;
import dev.loopgate.gateway.Gateway;
import dev.loopgate.gateway.GatewayStatus;
import dev.loopgate.gateway.ReloadReport;
import dev.loopgate.gateway.StartFailure;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward.Protocol;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A gateway as a process: from its start through its reloads to the signal that ends it. */
final class GatewayProcess {

    /** From so many hosts or forwards on, what reading them left behind is worth a pause: one, of some 50 ms for 10,000. */
    private static final int MANY = 2_000;

    /** How often it is looked whether anybody is attached. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /** By then all that a start does has been done. */
    private static final Duration STARTED = Duration.ofSeconds(3);

    private final Surroundings surroundings;
    private final Terminal terminal;
    private final RunningConfiguration source;
    private final GatewayVoice voice;

    GatewayProcess(Surroundings surroundings, RunningConfiguration source) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
        this.source = source;
        this.voice = new GatewayVoice(terminal, source.name());
    }

    /**
     * Runs until a signal ends it.
     *
     * @param configuration what it starts on
     * @param introduction what to print above the table, once the gateway listens
     * @param alone how long it stays where no project is attached to it; zero: for ever
     * @return the exit status
     * @throws CommandFailure where it cannot start
     */
    int run(ReadResult.Valid configuration, Function<GatewayStatus, List<String>> introduction, Duration alone) {
        return run(configuration, new Presence() {
            @Override
            public void listens(GatewayParts parts, Configuration limited, GatewayStatus status) {
                StartTable.print(terminal, limited, source, status, introduction.apply(status));
                NameWarnings.checkLater(terminal, limited);
            }

            @Override
            public String elsewhere(int port) {
                return ", in " + source.name() + ":  listen: " + port;
            }

            @Override
            public Duration alone() {
                return alone;
            }
        });
    }

    /** How a gateway shows itself to whoever started it. */
    interface Presence {

        /**
         * Prints what is to be known, once it listens.
         *
         * @throws CommandFailure where it is of no use as it is
         */
        void listens(GatewayParts parts, Configuration configuration, GatewayStatus status);

        /** How to have it listen on that port, behind "or listen elsewhere". */
        String elsewhere(int port);

        /** Whether {@code status} and the like reach it. */
        default boolean takesCommands() {
            return true;
        }

        /** How long it runs; zero: until a signal ends it. */
        default Duration lifetime() {
            return Duration.ZERO;
        }

        /** How long it stays where no project is attached to it; zero: for ever. */
        default Duration alone() {
            return Duration.ZERO;
        }

        /** A forward has another connection of that client. Called on an event loop. */
        default void visited(InetAddress client) {}

        /** It stops. */
        default void ended() {}
    }

    /** As {@link #run(ReadResult.Valid, Function, Duration)}. */
    int run(ReadResult.Valid configuration, Presence presence) {
        ConfigurationPart own = part(configuration);
        Configuration limited = own.configuration();
        try (GatewayParts parts = GatewayParts.assemble(surroundings, voice, source.file())) {
            // Megabytes for thousands of hosts, and this frame lasts to the end: it is let go of below.
            @Nullable GatewayStatus status = start(parts, limited, own.warnings(), presence);
            Optional<ConfigurationWatch> watch = parts.watch(source);
            StopSignals signals = new StopSignals(terminal);
            Attachments attachments = new Attachments(parts.gateway(), own, voice);
            ControlServer control = presence.takesCommands()
                    ? openControl(new GatewayCommands(parts.vertx(), attachments, watch.orElseThrow()))
                    : null;
            try {
                watch.ifPresent(file -> file.follow(new Taker(parts.gateway(), attachments, limited)::take)
                        .onFailure(failure -> terminal.warn(
                                "changes of " + source.name() + " are not noticed: " + failure.getMessage())));
                Signals.on(
                        "HUP",
                        () -> signals.hangUp(
                                () -> watch.ifPresent(file -> file.trigger().onSuccess(voice::answered))));
                if (!presence.lifetime().isZero()) {
                    parts.vertx().setTimer(presence.lifetime().toMillis(), over -> signals.stop());
                }
                if (!presence.alone().isZero()) {
                    endAlone(parts.vertx(), presence.alone(), attachments, signals);
                }
                // Last, so that whoever reads it can rely on every signal and command.
                voice.visitors(presence::visited);
                presence.listens(parts, limited, status);
                status = null;
                if (limited.hosts().size() + limited.forwards().size() >= MANY) {
                    parts.vertx().setTimer(STARTED.toMillis(), later -> System.gc());
                }
                voice.started();
                parts.transport().unaskedSockets().forEach(terminal::warn);
                signals.await();
                signals.tellDrain(connections(parts.gateway().status()));
            } finally {
                if (control != null) {
                    control.close();
                }
                presence.ended();
            }
            watch.ifPresent(file -> await(file.close()));
            await(parts.gateway().stop(StopSignals.DRAIN));
        }
        return ExitStatus.DONE;
    }

    private static void endAlone(Vertx vertx, Duration limit, Attachments attachments, StopSignals signals) {
        long[] since = {System.nanoTime()};
        vertx.setPeriodic(LOOK.toMillis(), look -> {
            long now = System.nanoTime();
            if (attachments.count() > 0) {
                since[0] = now;
            } else if (now - since[0] > limit.toNanos()) {
                signals.stop();
            }
        });
    }

    private static int connections(GatewayStatus status) {
        return status.connections()
                + status.forwards().stream()
                        .filter(forward -> forward.protocol() == Protocol.TCP)
                        .mapToInt(GatewayStatus.ForwardState::connections)
                        .sum();
    }

    /** What is to be in force, and what a person should know of it and of what was done to it. */
    private ConfigurationPart part(ReadResult.Valid read) {
        ConfigurationView view = source.view().apply(read.configuration());
        List<String> warnings =
                new ArrayList<>(read.warnings().stream().map(Problem::toString).toList());
        warnings.addAll(view.warnings());
        return new ConfigurationPart(source.name(), source.watched(), view.configuration(), warnings, read);
    }

    private GatewayStatus start(
            GatewayParts parts, Configuration configuration, List<String> warnings, Presence presence) {
        try {
            return parts.gateway()
                    .start(configuration, warnings)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StartFailure failure) {
                // One of another address than was meant may well be why.
                parts.transport().unaskedSockets().forEach(terminal::warn);
                throw StartProblem.of(failure, presence::elsewhere);
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private @Nullable ControlServer openControl(ControlCommands commands) {
        Optional<ControlDirectory> directory = ControlDirectory.from(surroundings.environment());
        if (directory.isEmpty()) {
            terminal.warn(
                    "neither XDG_RUNTIME_DIR nor HOME is set, so status, routes, reload and attach cannot reach this gateway");
            return null;
        }
        try {
            return ControlServer.open(directory.get(), commands);
        } catch (IOException e) {
            terminal.warn("status, routes and reload cannot reach this gateway: no socket in " + directory.get() + ": "
                    + e.getMessage());
            return null;
        }
    }

    private static void await(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes what the watch has read. Called by one thread at a time. */
    private final class Taker {

        private final Gateway gateway;
        private final Attachments attachments;
        private final Configuration initial;
        private boolean fresh = true;

        Taker(Gateway gateway, Attachments attachments, Configuration initial) {
            this.gateway = gateway;
            this.attachments = attachments;
            this.initial = initial;
        }

        Future<ReloadReport> take(ReadResult result) {
            if (result instanceof ReadResult.Invalid invalid) {
                fresh = false;
                return Future.succeededFuture(gateway.invalid(
                        invalid.problems().stream().map(Problem::toString).toList()));
            }
            ConfigurationPart wanted = part((ReadResult.Valid) result);
            if (fresh && wanted.configuration().equals(initial)) {
                // The watch begins with what the gateway has just started on: that is no reload.
                return Future.succeededFuture(unchanged());
            }
            fresh = false;
            return attachments.own(wanted);
        }

        private ReloadReport unchanged() {
            fresh = false;
            return ReloadReport.withoutChange(ReloadReport.Outcome.UNCHANGED, 0, List.of(), List.of());
        }
    }
}
