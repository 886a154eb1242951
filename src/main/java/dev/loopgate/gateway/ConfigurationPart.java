package dev.loopgate.gateway;

import dev.loopgate.config.Place;
import dev.loopgate.config.ReadResult;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.HostPattern;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What one file brings to the configuration in force.
 *
 * @param name what people know it by, where it has no file
 * @param file absolute; empty where there is none
 * @param configuration what of it is to be in force
 * @param warnings what a person should know of it, a sentence each
 * @param read what it says, with its places
 */
public record ConfigurationPart(
        String name, Optional<Path> file, Configuration configuration, List<String> warnings, ReadResult.Valid read) {

    public ConfigurationPart {
        warnings = List.copyOf(warnings);
    }

    String place(HostPattern pattern) {
        return text(read.places().of(pattern, read.configuration()));
    }

    String place(Forward forward) {
        return text(read.places().of(forward.key(), read.configuration()));
    }

    /** The file, or the name where there is none. */
    String label() {
        return file.map(Path::toString).orElse(name);
    }

    private String text(Optional<Place> place) {
        return file.flatMap(known -> place).map(ConfigurationPart::absolute).orElseGet(this::label);
    }

    /** Files of several folders are named side by side. */
    private static String absolute(Place place) {
        return new Place(place.file().toAbsolutePath().normalize(), place.line(), place.column()).toString();
    }
}
