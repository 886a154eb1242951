package dev.loopgate.config;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.HostPattern;
import java.util.List;
import java.util.Optional;

/**
 * Where in its files the parts of a configuration stand. Kept beside it and not in it, as equal configurations may stand
 * anywhere; a lookup walks through all, as only problems need one.
 *
 * @param hosts of each host, in the order of the configuration; empty where there was no file
 * @param forwards the same of forwards
 */
public record Places(List<Place> hosts, List<Place> forwards) {

    /** Of a configuration that no file holds. */
    public static final Places NONE = new Places(List.of(), List.of());

    public Places {
        hosts = List.copyOf(hosts);
        forwards = List.copyOf(forwards);
    }

    /** @param configuration that these are the places of */
    public Optional<Place> of(HostPattern pattern, Configuration configuration) {
        for (int i = 0; i < hosts.size(); i++) {
            if (configuration.hosts().get(i).pattern().equals(pattern)) {
                return Optional.of(hosts.get(i));
            }
        }
        return Optional.empty();
    }

    /**
     * @param key as the file has it, though it may be bound elsewhere
     * @param configuration that these are the places of
     */
    public Optional<Place> of(Forward.Key key, Configuration configuration) {
        for (int i = 0; i < forwards.size(); i++) {
            if (configuration.forwards().get(i).key().equals(key)) {
                return Optional.of(forwards.get(i));
            }
        }
        return Optional.empty();
    }
}
