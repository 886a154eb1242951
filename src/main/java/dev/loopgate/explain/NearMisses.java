package dev.loopgate.explain;

import dev.loopgate.explain.Explanation.NearMiss;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Why hosts and routes that look as if they should take a request do not. */
final class NearMisses {

    /** As many as anybody reads. */
    private static final int MOST = 8;

    private NearMisses() {}

    /**
     * Of hosts.
     *
     * @param asked the name that is asked for
     * @param taken the pattern that has it; empty where none has
     * @param nearest names that somebody who asked for it may have meant
     */
    static List<NearMiss> hosts(
            List<HostPattern> all, String asked, Optional<HostPattern> taken, List<String> nearest) {
        String name = asked.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        boolean exact =
                taken.map(pattern -> pattern.kind() == HostPattern.Kind.EXACT).orElse(false);
        List<NearMiss> misses = new ArrayList<>();
        for (HostPattern pattern : all) {
            if (!taken.map(pattern::equals).orElse(false)) {
                why(pattern, name, exact, nearest).ifPresent(why -> misses.add(new NearMiss(pattern.toString(), why)));
            }
        }
        return first(misses);
    }

    private static Optional<String> why(HostPattern pattern, String name, boolean exactTaken, List<String> nearest) {
        return switch (pattern.kind()) {
            case ANY -> Optional.of("fits any name, but comes last");
            case WILDCARD -> {
                if (name.endsWith("." + pattern.name())) {
                    yield Optional.of(
                            exactTaken ? "fits too, but an exact name comes first" : "fits too, but is shorter");
                }
                if (name.equals(pattern.name())) {
                    yield Optional.of("the star stands for at least one label, so not for " + name + " itself");
                }
                yield name.endsWith(pattern.name())
                        ? Optional.of("the star stands for whole labels, which end in a dot")
                        : Optional.empty();
            }
            case EXACT -> {
                if (name.endsWith("." + pattern.name())) {
                    yield Optional.of("is that name alone; names below it are *." + pattern.name());
                }
                yield nearest.contains(pattern.name()) ? Optional.of("a similar name") : Optional.empty();
            }
        };
    }

    /**
     * Of a host's routes, those that come closest first.
     *
     * @param path without the query
     * @param taken the prefix that has it; empty where none has
     */
    static List<NearMiss> routes(VirtualHost host, String path, Optional<PathPrefix> taken) {
        return first(host.routes().stream()
                .map(Route::prefix)
                .filter(prefix -> !taken.map(prefix::equals).orElse(false))
                .sorted(Comparator.comparingInt((PathPrefix prefix) -> -common(prefix.value(), path)))
                .map(prefix -> new NearMiss(prefix.toString(), why(prefix.value(), path)))
                .toList());
    }

    private static String why(String prefix, String path) {
        if (prefix.equals("/") || path.equals(prefix) || path.startsWith(prefix + "/")) {
            return "fits too, but is shorter";
        }
        if (path.startsWith(prefix)) {
            return "ends within a segment of the path; a prefix is made of whole ones";
        }
        if (path.toLowerCase(Locale.ROOT).startsWith(prefix.toLowerCase(Locale.ROOT))) {
            return "differs in upper and lower case";
        }
        return prefix.startsWith(path.endsWith("/") ? path : path + "/")
                ? "is longer than the path"
                : "the path does not begin with it";
    }

    /** How many letters they begin with alike, whatever their case. */
    private static int common(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length())
                && Character.toLowerCase(a.charAt(length)) == Character.toLowerCase(b.charAt(length))) {
            length++;
        }
        return length;
    }

    private static List<NearMiss> first(List<NearMiss> misses) {
        return misses.subList(0, Math.min(MOST, misses.size()));
    }
}
