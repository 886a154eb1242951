package dev.loopgate.doctor;

import dev.loopgate.net.Printable;
import java.util.Optional;

/**
 * What a check has to say. Whatever came from outside, such as the name of a process, has no control characters in it.
 *
 * @param check its name, one or two words
 * @param evidence one sentence
 * @param fix the one thing to do, such as a command or a line of a file, to be copied as it is; empty where there is none
 */
public record Finding(String check, Status status, String evidence, Optional<String> fix) {

    /** From good to bad. */
    public enum Status {
        OK,
        /** Good to know, and not wrong by itself. */
        INFO,
        /** Wrong for some programs, or soon. */
        WARN,
        FAIL
    }

    public Finding {
        evidence = Printable.of(evidence);
        fix = fix.map(Printable::of);
    }

    static Finding ok(String check, String evidence) {
        return new Finding(check, Status.OK, evidence, Optional.empty());
    }

    static Finding info(String check, String evidence) {
        return new Finding(check, Status.INFO, evidence, Optional.empty());
    }

    static Finding warn(String check, String evidence) {
        return new Finding(check, Status.WARN, evidence, Optional.empty());
    }

    static Finding fail(String check, String evidence) {
        return new Finding(check, Status.FAIL, evidence, Optional.empty());
    }

    Finding fix(String command) {
        return new Finding(check, status, evidence, Optional.of(command));
    }

    Finding fix(Optional<String> command) {
        return new Finding(check, status, evidence, command);
    }
}
