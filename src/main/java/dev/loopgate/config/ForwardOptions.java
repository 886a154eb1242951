package dev.loopgate.config;

import dev.loopgate.model.Access;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What forwards of both protocols have in common. */
final class ForwardOptions {

    private static final int MOST = 1_000_000;

    private final Scalars scalars;
    private final OptionsReader options;
    private final Quantities quantities;

    ForwardOptions(Problems problems) {
        scalars = new Scalars(problems);
        options = new OptionsReader(problems);
        quantities = new Quantities(scalars, problems);
    }

    Access access(Fields fields) {
        return new Access(
                options.allow(fields).orElse(List.of()), options.deny(fields).orElse(List.of()));
    }

    Optional<Integer> count(Fields fields, String name) {
        String what = name.equals("sessions") ? "sessions" : "connections";
        return fields.value(name)
                .flatMap(item -> scalars.integer(item, "a number of " + what + " from 1 to " + MOST, 1, MOST));
    }

    Optional<Duration> idle(Fields fields) {
        return fields.value("idle").flatMap(item -> scalars.duration(item, Optional.of("no limit")));
    }

    /** Zero: any. */
    long bandwidth(Fields fields) {
        return fields.value("bandwidth").flatMap(quantities::bandwidth).orElse(0L);
    }

    /** Zero: for good. */
    Duration lifetime(Fields fields) {
        return fields.value("for")
                .flatMap(item -> scalars.duration(item, Optional.empty()))
                .orElse(Duration.ZERO);
    }
}
