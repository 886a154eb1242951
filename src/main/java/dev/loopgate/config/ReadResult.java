package dev.loopgate.config;

import dev.loopgate.model.Configuration;
import java.util.List;

/** What came of reading a configuration. */
public sealed interface ReadResult {

    /** What the text came from, for watching; also when it was invalid. */
    ReadSources sources();

    /**
     * Everything is in order.
     *
     * @param warnings in the order of the files
     * @param places of what is in the configuration
     */
    record Valid(Configuration configuration, List<Problem> warnings, ReadSources sources, Places places)
            implements ReadResult {
        public Valid {
            warnings = List.copyOf(warnings);
        }

        /** Of a configuration that no file holds. */
        public Valid(Configuration configuration, List<Problem> warnings, ReadSources sources) {
            this(configuration, warnings, sources, Places.NONE);
        }
    }

    /**
     * Something is wrong, and nothing of it may be used.
     *
     * @param problems all of them at once, in the order of the files; never empty
     * @param warnings in the order of the files
     */
    record Invalid(List<Problem> problems, List<Problem> warnings, ReadSources sources) implements ReadResult {
        public Invalid {
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }
    }
}
