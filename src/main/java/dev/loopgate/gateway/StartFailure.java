package dev.loopgate.gateway;

import dev.loopgate.net.PortHolder;
import java.util.Optional;

/** The gateway did not start: an address of its own cannot be bound, or its routes cannot be compiled. */
public final class StartFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final transient BindProblem problem;

    StartFailure(BindProblem problem, Throwable cause) {
        super(problem.message(), cause);
        this.problem = problem;
    }

    /** Which address, why, and what to do about it. */
    public BindProblem problem() {
        return problem;
    }

    /** Whether another process has the port (exit status 4). */
    public boolean portTaken() {
        return problem.kind() == BindProblem.Kind.TAKEN;
    }

    public Optional<PortHolder> holder() {
        return problem.holder();
    }
}
