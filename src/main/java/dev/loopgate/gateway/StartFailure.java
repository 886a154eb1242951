package dev.loopgate.gateway;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The gateway did not start. The message is one line for people. */
public final class StartFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final transient @Nullable BindProblem problem;

    StartFailure(BindProblem problem, Throwable cause) {
        super(problem.message(), cause);
        this.problem = problem;
    }

    StartFailure(String message, Throwable cause) {
        super(message, cause);
        this.problem = null;
    }

    /** Which address of the gateway itself cannot be bound, why, and what to do about it; empty where it is not that. */
    public Optional<BindProblem> problem() {
        return Optional.ofNullable(problem);
    }

    /** Whether another process has the port (exit status 4). */
    public boolean portTaken() {
        return problem != null && problem.kind() == BindProblem.Kind.TAKEN;
    }
}
