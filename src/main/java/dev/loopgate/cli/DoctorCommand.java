package dev.loopgate.cli;

import dev.loopgate.doctor.Circumstances;
import dev.loopgate.doctor.Doctor;
import dev.loopgate.doctor.Finding;
import dev.loopgate.doctor.Subject;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code loopgate doctor}. */
@Command(
        name = "doctor",
        header = "Tell what is wrong with this machine, a port or a URL, and what to do about it.",
        description = {
            "",
            "Without an argument: this machine, its gateways, and the configuration with its names and upstreams.",
            "A port: who has it, who gets there, what the system and its firewall do with it. A name or a URL:",
            "whatever a request for it passes, from the name to the upstream, which is asked for a page. Nothing",
            "is changed.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate doctor app.localhost",
            "          loopgate doctor 3000",
            "Exit status: 0 nothing fails, 1 something does."
        })
final class DoctorCommand implements Callable<Integer> {

    private static final int LAST_PORT = 65535;

    private final Surroundings surroundings;

    @Parameters(arity = "0..1", paramLabel = "PORT|HOST|URL", description = "Where the trouble is.")
    @Nullable
    String where;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "2500ms",
            converter = DurationOption.class,
            description = "How long all of it may take; 2500ms unless said otherwise.")
    Duration timeout = Duration.ofMillis(2500);

    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    JsonOption json = new JsonOption();

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Subject subject = subject(where);
        long start = System.nanoTime();
        Circumstances facts = new DoctorFacts(surroundings).gather(config.file(), timeout.dividedBy(5));
        List<Finding> findings = new Doctor(timeout.minusNanos(System.nanoTime() - start)).examine(subject, facts);
        Terminal terminal = surroundings.terminal();
        DoctorView view = new DoctorView(terminal.outStyle());
        if (json.wanted) {
            JsonOption.print(terminal, view.json(where == null ? "" : where, findings));
        } else {
            view.lines(findings).forEach(terminal::result);
            terminal.say(view.summary(findings));
        }
        return DoctorView.good(findings) ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private static Subject subject(@Nullable String where) {
        if (where == null) {
            return new Subject.Machine();
        }
        if (where.matches(":?\\d+")) {
            return new Subject.Port(port(where.replace(":", ""), where));
        }
        RequestUrl url = RequestUrl.parse(where);
        return new Subject.Url(
                url.scheme(),
                url.host(),
                url.port().isEmpty() ? OptionalInt.empty() : OptionalInt.of(port(url.port(), where)),
                url.path());
    }

    private static int port(String digits, String where) {
        int port = digits.length() > 5 ? 0 : Integer.parseInt(digits);
        if (port < 1 || port > LAST_PORT) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "there is no port " + digits + " as in \"" + where + "\"",
                    "ports are numbers from 1 to " + LAST_PORT);
        }
        return port;
    }
}
