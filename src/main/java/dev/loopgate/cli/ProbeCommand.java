package dev.loopgate.cli;

import dev.loopgate.config.CommandLineWords;
import dev.loopgate.diagnose.Probe;
import dev.loopgate.diagnose.Speech;
import dev.loopgate.diagnose.UnixListener;
import dev.loopgate.model.BindAddress;
import dev.loopgate.net.Printable;
import dev.loopgate.tls.TrustLists;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code loopgate probe}. */
@Command(
        name = "probe",
        header = "Tell whether a port can be connected to, and what answers.",
        description = {
            "",
            "Tries each address of the host, and asks the first that takes connections what it speaks: waits",
            "for a banner, then asks for a page, plainly and by TLS; for a URL of https by TLS at once, and",
            "tells who trusts the certificate. Databases and the like are not asked.",
            "With --listen, an echo is there to be connected to from the other end.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate probe localhost:5173",
            "          loopgate probe https://app.localhost:62893",
            "          loopgate probe --listen 0.0.0.0:9000",
            "Exit status: 0 it takes connections, 1 it does not."
        })
final class ProbeCommand implements Callable<Integer> {

    private static final String UNIX = "unix:";

    private final Surroundings surroundings;

    @ArgGroup(multiplicity = "1")
    What what = new What();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "3s",
            converter = DurationOption.class,
            description = "How long each step may take; 3s unless said otherwise.")
    Duration timeout = Duration.ofSeconds(3);

    @Mixin
    JsonOption json = new JsonOption();

    static final class What {

        @Parameters(
                paramLabel = "HOST:PORT",
                arity = "0..1",
                description = "A name or an address; a port alone is one of this machine; or unix:///PATH.")
        @Nullable
        String target;

        @Option(
                names = "--listen",
                paramLabel = "[ADDRESS:]PORT",
                description = "Send back whatever comes, until Ctrl-C; on loopback unless said otherwise.")
        @Nullable
        String listen;
    }

    ProbeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Terminal terminal = surroundings.terminal();
        if (what.listen != null) {
            return listen(terminal, what.listen);
        }
        if (what.target != null && what.target.startsWith(UNIX)) {
            return unix(terminal, what.target.substring(UNIX.length()));
        }
        HostAndPort target = HostAndPort.parse(what.target == null ? "" : what.target);
        Probe probe = Probe.of(
                target.host(), target.port(), target.wanted(), TrustLists.from(surroundings.environment()), timeout);
        if (json.wanted) {
            JsonOption.print(terminal, ProbeJson.of(probe));
        } else {
            new ProbeView(terminal.outStyle(), timeout).lines(target, probe).forEach(terminal::result);
            ProbeView.advice(target, probe).forEach(terminal::say);
        }
        return probe.connected() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    /** @param path absolute, with two slashes in front or without; or behind {@code @}, an abstract name */
    private int unix(Terminal terminal, String path) {
        String name = path.startsWith("//") ? path.substring(2) : path;
        if (!name.startsWith("/") && !name.startsWith("@")) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "a Unix socket has an absolute path, not \"" + Printable.kept(name) + "\"",
                    "for example: loopgate probe unix:///run/app.sock");
        }
        UnixListener listener = UnixListener.look(name);
        Optional<Speech> speech = listener.speech(timeout);
        if (json.wanted) {
            JsonOption.print(terminal, ProbeJson.of(listener, speech));
        } else {
            new ProbeView(terminal.outStyle(), timeout).lines(listener, speech).forEach(terminal::result);
        }
        return listener.up() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private static int listen(Terminal terminal, String where) {
        BindAddress bind;
        try {
            bind = CommandLineWords.bind(where);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE, "--listen: " + e.getMessage(), "for example: loopgate probe --listen 9000");
        }
        StopSignals signals = new StopSignals(terminal);
        try (ProbeEcho echo = new ProbeEcho(terminal)) {
            echo.start(bind);
            signals.await();
        }
        return ExitStatus.DONE;
    }
}
