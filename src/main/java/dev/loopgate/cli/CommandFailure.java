package dev.loopgate.cli;

import java.util.List;

/** A command cannot do what it was asked to, for a reason that its user can understand and change. */
final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final transient List<String> lines;

    /** @param lines for people; the first says what is wrong, the others what to do about it */
    CommandFailure(int status, List<String> lines) {
        super(String.join("\n", lines), null, false, false);
        this.status = status;
        this.lines = List.copyOf(lines);
    }

    CommandFailure(int status, String... lines) {
        this(status, List.of(lines));
    }

    int status() {
        return status;
    }

    List<String> lines() {
        return lines;
    }
}
