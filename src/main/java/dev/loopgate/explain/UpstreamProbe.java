package dev.loopgate.explain;

import dev.loopgate.diagnose.PlainHttpCheck;
import dev.loopgate.diagnose.PlainHttpCheck.Outcome;
import dev.loopgate.diagnose.UpstreamDiagnosis;
import dev.loopgate.explain.Explanation.UpstreamStep;
import dev.loopgate.model.Target;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Diagnosis.Finding;
import dev.loopgate.net.Diagnosis.Symptom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether an upstream can be asked, found out by connecting to it and asking for nothing.
 *
 * @param usable whether a request would be answered
 * @param speaks what came of asking, in one clause; empty where it takes no connections
 * @param problem why it is of no use though it takes connections
 */
record UpstreamProbe(
        boolean usable,
        Reachability reach,
        Optional<String> speaks,
        List<String> findings,
        Optional<String> fix,
        Optional<String> problem) {

    /** A server that is up and says nothing for so long is slow, to say the least. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** A target that is the gateway itself is better not asked. */
    static UpstreamProbe itself() {
        return new UpstreamProbe(
                false,
                Reachability.down("is the gateway itself"),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    /** Blocks, for as long as connecting may take and a little longer. */
    static UpstreamProbe of(Target.Upstream upstream, String authority, Duration connect, UpstreamDiagnosis diagnosis) {
        Reachability reach = Reachability.of(upstream.address(), connect);
        if (reach.first().isEmpty()) {
            Symptom symptom = reach.late() ? Symptom.NOT_TAKEN : Symptom.REFUSED;
            return told(
                    reach.up(),
                    reach,
                    Optional.empty(),
                    reach.up() ? List.of() : diagnosis.examine(upstream.address(), symptom, Optional.empty()));
        }
        if (upstream.scheme() != Target.Scheme.HTTP) {
            return new UpstreamProbe(
                    true,
                    reach,
                    Optional.of("takes connections; " + (upstream.secure() ? "TLS" : "HTTP/2") + " is not tried"),
                    List.of(),
                    Optional.empty(),
                    Optional.empty());
        }
        PlainHttpCheck check = PlainHttpCheck.of(reach.first().get(), authority, PATIENCE);
        if (check.outcome() == Outcome.HTTP) {
            List<String> who = diagnosis.whoListens(upstream.address()).stream()
                    .map(text -> text + " has the port")
                    .toList();
            return new UpstreamProbe(true, reach, Optional.of(words(check)), who, Optional.empty(), Optional.empty());
        }
        boolean silent = check.outcome() == Outcome.SILENT;
        UpstreamProbe probe = told(
                silent,
                reach,
                Optional.of(words(check)),
                diagnosis.examine(upstream.address(), silent ? Symptom.SILENT : Symptom.ENDED, Optional.empty()));
        return silent
                ? probe
                : probe.withProblem(Addresses.text(reach.first().get()) + " " + words(check)
                        + ", and is to be asked in plain HTTP/1.1");
    }

    private static UpstreamProbe told(
            boolean usable, Reachability reach, Optional<String> speaks, List<Finding> findings) {
        return new UpstreamProbe(
                usable,
                reach,
                speaks,
                findings.stream().map(Finding::text).toList(),
                findings.stream().flatMap(finding -> finding.fix().stream()).findFirst(),
                Optional.empty());
    }

    private UpstreamProbe withProblem(String clause) {
        return new UpstreamProbe(usable, reach, speaks, findings, fix, Optional.of(clause));
    }

    boolean up() {
        return reach.up();
    }

    private static String words(PlainHttpCheck check) {
        return switch (check.outcome()) {
            case HTTP -> "speaks HTTP: it answers OPTIONS * with " + check.detail();
            case HTTP2 -> "speaks HTTP/2 without TLS";
            case TLS -> "speaks TLS";
            case OTHER -> "does not speak HTTP but says «" + check.detail() + "»";
            case SILENT -> "has not answered OPTIONS * within " + PATIENCE.toSeconds() + " s";
            case CLOSED -> "ends the connection when it is asked";
        };
    }

    UpstreamStep step(String url, boolean picked, String why, List<String> head) {
        return new UpstreamStep(url, picked, why, Optional.of(up()), reach.attempts(), speaks, findings, fix, head);
    }
}
