package dev.loopgate.gateway;

import java.time.Instant;
import java.util.List;

/**
 * What became of a configuration that was read again.
 *
 * @param at when
 * @param outcome whether it is in force
 * @param added hosts, forwards and addresses listened on that are new
 * @param changed hosts and forwards of the same pattern or address whose rules differ
 * @param removed hosts, forwards and addresses listened on that are gone
 * @param connectionsKept connections of clients that were open and went on
 * @param network what it did to where this machine can be reached
 * @param warnings what the reader of the file, or the system, advises against; one sentence each
 * @param problems why it is not in force; empty unless it was {@link Outcome#INVALID} or {@link Outcome#REFUSED}
 */
public record ReloadReport(
        Instant at,
        Outcome outcome,
        int added,
        int changed,
        int removed,
        int connectionsKept,
        NetworkChange network,
        List<String> warnings,
        List<String> problems) {

    /** What became of it. */
    public enum Outcome {
        /** In force. */
        APPLIED,
        /** It says what was in force already. */
        UNCHANGED,
        /** The text has problems; what was in force stays. */
        INVALID,
        /** The text is good, but the machine refuses; what was in force stays. */
        REFUSED
    }

    public ReloadReport {
        warnings = List.copyOf(warnings);
        problems = List.copyOf(problems);
    }

    /** A report of something that put nothing else in force. */
    public static ReloadReport withoutChange(
            Outcome outcome, int connectionsKept, List<String> warnings, List<String> problems) {
        return new ReloadReport(
                Instant.now(), outcome, 0, 0, 0, connectionsKept, NetworkChange.NONE, warnings, problems);
    }

    ReloadReport with(List<String> other) {
        return new ReloadReport(at, outcome, added, changed, removed, connectionsKept, network, other, problems);
    }

    /** Whether what the file says is what runs. */
    public boolean inForce() {
        return outcome == Outcome.APPLIED || outcome == Outcome.UNCHANGED;
    }

    /** One line: {@code +1 ~1 -0, 14 connections kept}. */
    public String text() {
        return switch (outcome) {
            case APPLIED ->
                "+" + added + " ~" + changed + " -" + removed + ", " + connectionsKept
                        + (connectionsKept == 1 ? " connection kept" : " connections kept");
            case UNCHANGED -> "nothing changed";
            case INVALID, REFUSED ->
                "not taken, " + problems.size() + (problems.size() == 1 ? " problem" : " problems")
                        + "; what was in force stays";
        };
    }
}
