package dev.loopgate.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Which known word somebody meant: the nearest by edit distance (insert, delete, replace, swap neighbours). */
public final class Spelling {

    /** Up to how many characters a word is compared with others. */
    public static final int LONGEST = 40;

    private Spelling() {}

    /** The nearest word, where it is near: one edit in three letters, and never a word turned into another altogether. */
    static Optional<String> nearest(String word, Collection<String> known) {
        String lower = word.toLowerCase(Locale.ROOT).replace('_', '-');
        if (lower.length() > LONGEST) {
            return Optional.empty();
        }
        String best = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : known) {
            int edits = distance(lower, candidate);
            if (edits < fewest) {
                fewest = edits;
                best = candidate;
            }
        }
        return best != null && fewest <= Math.max(1, Math.min(lower.length(), best.length()) / 3)
                ? Optional.of(best)
                : Optional.empty();
    }

    /** Letters to insert, remove, replace, or exchange with their neighbour. */
    public static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int least = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    least = Math.min(least, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = least;
            }
        }
        return cost[a.length()][b.length()];
    }
}
