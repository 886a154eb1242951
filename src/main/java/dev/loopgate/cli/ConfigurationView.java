package dev.loopgate.cli;

import dev.loopgate.model.Configuration;
import java.util.List;

/**
 * What is put in force in the place of what a file says.
 *
 * @param warnings what a person should know of the difference
 */
record ConfigurationView(Configuration configuration, List<String> warnings) {

    ConfigurationView {
        warnings = List.copyOf(warnings);
    }

    /** What the file says, as it says it. */
    static ConfigurationView whole(Configuration configuration) {
        return new ConfigurationView(configuration, List.of());
    }
}
