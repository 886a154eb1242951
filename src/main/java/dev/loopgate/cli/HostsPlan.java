package dev.loopgate.cli;

import dev.loopgate.diagnose.ResolverCheck;
import dev.loopgate.diagnose.ResolverCheck.Finding;
import dev.loopgate.diagnose.ResolverCheck.Outcome;
import dev.loopgate.machine.HostsText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What becomes of a hosts file so that the system knows names.
 *
 * @param names those that Loopgate's lines hold then
 * @param left names that are not written, each with why
 */
record HostsPlan(HostsText before, HostsText after, Set<String> names, Map<String, String> left) {

    /** Long enough for a resolver that asks two servers that are silent. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    boolean changes() {
        return !Arrays.equals(before.bytes(), after.bytes());
    }

    /** Names that are new in Loopgate's lines. */
    List<String> added() {
        return missing(after, before);
    }

    /** Names that were in Loopgate's lines and are no more. */
    List<String> removed() {
        return missing(before, after);
    }

    private static List<String> missing(HostsText from, HostsText in) {
        List<String> names = new ArrayList<>(from.names());
        names.removeAll(in.names());
        return names;
    }

    /** @param owner takes out what this one alone wants; empty for everything */
    static HostsPlan removal(HostsText before, Optional<String> owner) {
        HostsText after = owner.map(before::without).orElseGet(before::withoutAll);
        return new HostsPlan(before, after, after.names(), Map.of());
    }

    /**
     * Blocks, while the resolver is asked.
     *
     * @param file for people
     * @param wanted patterns, by who wants them
     */
    static HostsPlan of(HostsText before, String file, Map<String, Set<String>> wanted) {
        Map<String, String> left = new LinkedHashMap<>();
        Set<String> possible = new TreeSet<>();
        wanted.values().forEach(possible::addAll);
        for (String pattern : List.copyOf(possible)) {
            if (!HostsText.canHave(pattern)) {
                possible.remove(pattern);
                if (pattern.contains("*")) {
                    left.put(pattern, "a hosts file has no wildcards");
                }
            }
        }
        Set<String> asked = new TreeSet<>();
        Set<String> chosen = new TreeSet<>();
        for (String name : possible) {
            Optional<HostsText.OwnLine> own = before.ownLine(name);
            if (own.isPresent()) {
                if (!own.get().loopback()) {
                    left.put(
                            name,
                            "line " + own.get().number() + " of " + file + " leads it to "
                                    + own.get().address().replaceAll("[^\\p{Graph}]", "?"));
                }
            } else if (before.names().contains(name)) {
                // The resolver knows it from our own lines, and says nothing about how it was without them.
                chosen.add(name);
            } else {
                asked.add(name);
            }
        }
        for (Finding finding : new ResolverCheck(PATIENCE).check(asked, true)) {
            if (finding.outcome() == Outcome.UNKNOWN) {
                chosen.add(finding.name());
            } else {
                left.put(finding.name(), "the resolver knows it as " + String.join(", ", finding.addresses()));
            }
        }
        HostsText after = before;
        for (Map.Entry<String, Set<String>> entry : wanted.entrySet()) {
            Set<String> own = new TreeSet<>(entry.getValue());
            own.retainAll(chosen);
            after = after.with(entry.getKey(), own);
        }
        return new HostsPlan(before, after, after.names(), left);
    }
}
