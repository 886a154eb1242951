package dev.loopgate.gateway;

import dev.loopgate.config.Place;
import dev.loopgate.config.ReadResult;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.VirtualHost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /**
     * All parts as one configuration. What only one of them can say is the gateway's own to say, and of two that have the
     * same host the first one has it.
     */
    public static Configuration together(ConfigurationPart own, Collection<ConfigurationPart> attached) {
        Configuration base = own.configuration();
        if (attached.isEmpty()) {
            return base;
        }
        Map<HostPattern, VirtualHost> hosts = new LinkedHashMap<>();
        List<Forward> forwards = new ArrayList<>(base.forwards());
        base.hosts().forEach(host -> hosts.put(host.pattern(), host));
        for (ConfigurationPart part : attached) {
            part.configuration().hosts().forEach(host -> hosts.putIfAbsent(host.pattern(), host));
            forwards.addAll(part.configuration().forwards());
        }
        return base.with(List.copyOf(hosts.values()), forwards);
    }

    /** Where it has a host: {@code FILE:LINE:COLUMN}, or the name where there is no file. */
    public String place(HostPattern pattern) {
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
