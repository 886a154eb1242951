package dev.loopgate.doctor;

import java.util.List;
import java.util.function.Supplier;

/** A check of which it only shows while the others run whether it is called for. */
record LaterCheck(String name, Supplier<List<Finding>> findings) implements Check {

    @Override
    public List<Finding> look() {
        return findings.get();
    }
}
