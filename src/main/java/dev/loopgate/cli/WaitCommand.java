package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.config.CommandLineWords;
import dev.loopgate.model.HostPattern;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code loopgate wait}. */
@Command(
        name = "wait",
        header = "Wait until a host answers.",
        description = {
            "",
            "Asks for its page through the gateway until something other than the gateway answers, whatever the status;",
            "waits for the gateway and for the host to be there, too. Prints the URL then.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate wait app --timeout 1m && npm test",
            "Exit status: 0 it answers, 1 it did not in time."
        })
final class WaitCommand implements Callable<Integer> {

    private static final long PAUSE_MILLIS = 200;

    private final Surroundings surroundings;

    @Parameters(paramLabel = "NAME", description = "The host; app is short for app.localhost.")
    String name = "";

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "30s",
            description = "How long at most: 500ms, 30s, 5m. Without it: 30s.")
    String timeout = "30s";

    @Mixin
    GatewayChoice choice = new GatewayChoice();

    @Mixin
    JsonOption json = new JsonOption();

    WaitCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration limit = limit();
        long began = System.nanoTime();
        long deadline = began + limit.toNanos();
        String full = KnownHosts.name(name);
        CommandFailure cause = null;
        while (true) {
            try {
                KnownHosts known = KnownHosts.find(surroundings, choice, patience(deadline));
                Optional<String> why = attempt(known, full, deadline);
                if (why.isEmpty()) {
                    tell(known.url(full), Duration.ofNanos(System.nanoTime() - began));
                    return ExitStatus.DONE;
                }
                if (cause == null || System.nanoTime() < deadline) {
                    // An attempt that the time cut short knows less than the one before.
                    cause = new CommandFailure(ExitStatus.FAILED, why.get());
                }
            } catch (CommandFailure e) {
                if (e.status() == ExitStatus.WRONG_USAGE) {
                    throw e;
                }
                if (cause == null || System.nanoTime() < deadline) {
                    cause = e;
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw late(full, limit, cause);
            }
            Thread.sleep(Math.min(PAUSE_MILLIS, left / 1_000_000 + 1));
        }
    }

    /** With each gateway: a stopped one does not answer, and the time may be short. */
    private static Duration patience(long deadline) {
        Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
        return left.compareTo(ControlClient.STATUS) < 0 ? left : ControlClient.STATUS;
    }

    /** Why it does not answer yet; empty where it does. */
    private static Optional<String> attempt(KnownHosts known, String name, long deadline) {
        HostPattern pattern = known.serving(name).orElseThrow(() -> known.unknown(name));
        JsonObject status = known.status()
                .orElseThrow(() ->
                        new CommandFailure(ExitStatus.FAILED, "no gateway is running", "to start one: loopgate run"));
        return HostProbe.of(status, pattern, name, known.port()).failure(deadline);
    }

    private Duration limit() {
        try {
            return CommandLineWords.duration(timeout);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE, "--timeout: " + e.getMessage(), "for more: loopgate wait --help");
        }
    }

    private void tell(String url, Duration waited) {
        Terminal terminal = surroundings.terminal();
        if (json.wanted) {
            JsonOption.print(terminal, new JsonObject().put("url", url).put("waitedMillis", waited.toMillis()));
        } else {
            terminal.result(url);
        }
    }

    private CommandFailure late(String name, Duration limit, CommandFailure cause) {
        List<String> lines = new ArrayList<>();
        lines.add(HostName.printable(name) + " does not answer after "
                + (limit.toMillis() < 1000 ? limit.toMillis() + " ms" : limit.toSeconds() + " s"));
        lines.addAll(cause.lines());
        return new CommandFailure(ExitStatus.FAILED, lines);
    }
}
