package dev.loopgate.gateway;

import java.util.List;

/** A project cannot be attached. */
public final class AttachFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final ReloadReport.Outcome outcome;
    private final transient List<String> problems;

    AttachFailure(ReloadReport.Outcome outcome, List<String> problems) {
        super(String.join("\n", problems), null, false, false);
        this.outcome = outcome;
        this.problems = List.copyOf(problems);
    }

    /** {@code INVALID} for the text, {@code REFUSED} for what is in force beside it. */
    public ReloadReport.Outcome outcome() {
        return outcome;
    }

    /** One line each, for people. */
    public List<String> problems() {
        return problems;
    }
}
