package dev.loopgate.cli;

import dev.loopgate.admin.StatusJson;
import dev.loopgate.gateway.BindProblem;
import dev.loopgate.gateway.GatewayEvents;
import dev.loopgate.gateway.ReloadReport;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Printable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the people at the terminal what happens to a running gateway. */
final class GatewayVoice implements GatewayEvents {

    private final Terminal terminal;
    private final String file;
    private final ListenLines listening;
    private final Flood blocked;
    private final Flood unblocked;
    private final Flood expired;
    private final List<Runnable> untilStarted = new ArrayList<>();
    private volatile Consumer<InetAddress> visitors = client -> {};
    private boolean started;
    /** They fit every port of a range alike. */
    private boolean choicesTold;

    private @Nullable ReloadReport told;

    GatewayVoice(Terminal terminal, String file) {
        this.terminal = terminal;
        this.file = file;
        this.listening = new ListenLines(terminal.errStyle());
        this.blocked = new Flood(() -> terminal.warn("more forwards do not listen; loopgate status lists them"));
        this.unblocked = new Flood(() -> terminal.say("more forwards listen now; loopgate status lists them"));
        this.expired = new Flood(() -> terminal.say("more forwards have closed: their time is over"));
    }

    /** From now on it speaks; what it had to say before comes below the table of the start. */
    synchronized void started() {
        started = true;
        untilStarted.forEach(Runnable::run);
        untilStarted.clear();
    }

    /** Somebody asked for a reload: tells what came of it, also where that is nothing. */
    void answered(ReloadReport report) {
        if (!report.equals(lastTold())) {
            reloaded(report);
        }
    }

    private synchronized @Nullable ReloadReport lastTold() {
        return told;
    }

    @Override
    public void reloaded(ReloadReport report) {
        boolean same;
        synchronized (this) {
            same = told != null
                    && told.outcome() == report.outcome()
                    && told.problems().equals(report.problems());
            told = report;
        }
        say(() -> {
            report.warnings().forEach(terminal::warn);
            if (report.inForce()) {
                terminal.say(terminal.errStyle().green("reloaded ") + file + ": " + report.text());
                listening.ofReload(StatusJson.of(report)).forEach(terminal::say);
            } else if (same) {
                terminal.say(terminal.errStyle().red("still not reloaded ") + file + ": the same "
                        + (report.problems().size() == 1 ? "problem" : problems(report)) + " as before");
            } else {
                report.problems().forEach(terminal::say);
                terminal.say(terminal.errStyle().red("not reloaded ") + file + ": " + problems(report)
                        + "; still serving the previous configuration");
            }
        });
    }

    @Override
    public void attached(String project, ReloadReport report) {
        say(() -> {
            terminal.say(terminal.errStyle().green("attached ") + printable(project) + ": " + report.text());
            listening.ofReload(StatusJson.of(report)).forEach(terminal::say);
        });
    }

    @Override
    public void detached(String project, ReloadReport report) {
        say(() -> {
            terminal.say("detached " + printable(project) + ": " + report.text());
            report.problems().forEach(terminal::warn);
        });
    }

    @Override
    public void forwardBlocked(Forward rule, BindProblem problem) {
        say(() -> blocked.offer(() -> {
            terminal.warn(problem.message() + "; trying again until it can");
            if (!choicesTold) {
                problem.choices().forEach(choice -> terminal.say("  " + choice));
                choicesTold = !problem.choices().isEmpty();
            }
        }));
    }

    @Override
    public void forwardListens(Forward rule) {
        say(() -> unblocked.offer(() -> {
            terminal.say("forward " + rule.key() + " listens now");
            if (rule.bind().open()) {
                terminal.say("  " + listening.exposed(rule.protocol() + " " + rule.bind(), rule.destinations()));
            }
        }));
    }

    @Override
    public void forwardMoved(Forward rule, List<String> addresses) {
        say(() -> unblocked.offer(
                () -> terminal.say("forward " + rule.key() + " listens on " + String.join(" and ", addresses) + " now"
                        + (rule.bind().open() ? ", " + terminal.errStyle().bold("OPEN TO THE NETWORK") : ""))));
    }

    /** Who is told of each client of a forward. */
    void visitors(Consumer<InetAddress> listener) {
        visitors = listener;
    }

    @Override
    public void accepted(Forward rule, InetAddress client) {
        visitors.accept(client);
    }

    @Override
    public void refused(Forward rule, String reason, long count) {
        say(() -> terminal.say("forward " + rule.key() + " refused " + times(rule, count) + ": " + reason));
    }

    @Override
    public void unreachable(Forward rule, String cause, long count) {
        say(() -> terminal.say("forward " + rule.key() + (rule.protocol() == Protocol.TCP ? " closed " : " dropped ")
                + times(rule, count) + ": " + cause));
    }

    @Override
    public void targetChanged(Forward rule, UpstreamAddress target, Optional<String> cause) {
        say(() -> terminal.say("forward " + rule.key() + ": "
                + cause.map(why -> target + " is down, the other targets take over: " + why)
                        .orElse(target + " is back")));
    }

    @Override
    public void forwardExpired(Forward rule) {
        say(() -> expired.offer(() -> terminal.say("forward " + rule.key() + " has closed: its time is over")));
    }

    @Override
    public void http3Listens(List<String> addresses) {
        say(() -> terminal.say("  " + ListenLines.http3(addresses)));
    }

    @Override
    public void notice(String sentence) {
        say(() -> terminal.warn(sentence));
    }

    /** Whoever attaches it chooses its name. */
    private static String printable(String text) {
        return Printable.kept(text);
    }

    private static String times(Forward rule, long count) {
        String one = rule.protocol() == Protocol.TCP ? "connection" : "datagram";
        return count == 1 ? "a " + one : count + " " + one + "s";
    }

    private static String problems(ReloadReport report) {
        int count = report.problems().size();
        return count + (count == 1 ? " problem" : " problems");
    }

    private synchronized void say(Runnable words) {
        if (started) {
            words.run();
        } else {
            untilStarted.add(words);
        }
    }
}
