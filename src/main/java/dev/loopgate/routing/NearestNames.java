package dev.loopgate.routing;

import dev.loopgate.model.HostPattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that somebody may have meant. */
final class NearestNames {

    /** RFC 1035 §2.3.4: no real name is longer, and the work is bounded by it. */
    private static final int LONGEST_NAME = 253;

    private record Candidate(String name, int distance) {

        static final Comparator<Candidate> CLOSEST_FIRST =
                Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name);
    }

    private NearestNames() {}

    /** The exact names within a few typing errors of the host, or with its first label; the closest first. */
    static List<String> of(List<HostPattern> patterns, String host, int max) {
        String asked = host.toLowerCase(Locale.ROOT);
        if (asked.isEmpty() || asked.length() > LONGEST_NAME) {
            return List.of();
        }
        int limit = Math.min(3, Math.max(1, asked.length() / 4));
        String label = firstLabel(asked);
        List<Candidate> best = new ArrayList<>(max + 1);
        // No farther than the last of those that are shown: this runs on an event loop, maybe over ten thousand names.
        int worst = limit + 1;
        for (HostPattern pattern : patterns) {
            if (pattern.kind() != HostPattern.Kind.EXACT) {
                continue;
            }
            String name = pattern.name();
            int most = Math.min(limit, worst);
            int distance = distance(asked, name, most);
            if (distance > most && worst > limit && hasFirstLabel(name, label)) {
                distance = limit + 1;
            } else if (distance > most) {
                continue;
            }
            best.add(new Candidate(name, distance));
            if (best.size() > max) {
                best.sort(Candidate.CLOSEST_FIRST);
                best.remove(max);
                worst = best.get(max - 1).distance();
            }
        }
        best.sort(Candidate.CLOSEST_FIRST);
        return best.stream().map(Candidate::name).toList();
    }

    private static boolean hasFirstLabel(String name, String label) {
        return name.startsWith(label) && (name.length() == label.length() || name.charAt(label.length()) == '.');
    }

    private static String firstLabel(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** Insertions, deletions, replacements and swaps of neighbours that turn one into the other; above the limit: more. */
    static int distance(String from, String to, int limit) {
        if (Math.abs(from.length() - to.length()) > limit) {
            return limit + 1;
        }
        int shorter = Math.min(from.length(), to.length());
        int prefix = 0;
        while (prefix < shorter && from.charAt(prefix) == to.charAt(prefix)) {
            prefix++;
        }
        int suffix = 0;
        while (suffix < shorter - prefix
                && from.charAt(from.length() - 1 - suffix) == to.charAt(to.length() - 1 - suffix)) {
            suffix++;
        }
        // What both begin or end with costs nothing, and it is most of names that were made by one scheme.
        return differing(
                from.substring(prefix, from.length() - suffix), to.substring(prefix, to.length() - suffix), limit);
    }

    private static int differing(String from, String to, int limit) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < last.length; j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            // Only cells within the limit of the diagonal can stay within it.
            int first = Math.max(1, i - limit);
            int end = Math.min(to.length(), i + limit);
            row[first - 1] = first == 1 ? i : limit + 1;
            int best = row[first - 1];
            for (int j = first; j <= end; j++) {
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                int above = j == i + limit ? limit + 1 : last[j];
                int cell = Math.min(last[j - 1] + (same ? 0 : 1), Math.min(row[j - 1], above) + 1);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    cell = Math.min(cell, beforeLast[j - 2] + 1);
                }
                row[j] = cell;
                best = Math.min(best, cell);
            }
            if (best > limit) {
                return limit + 1;
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return Math.min(limit + 1, last[to.length()]);
    }
}
