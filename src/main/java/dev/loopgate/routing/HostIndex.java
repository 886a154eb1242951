package dev.loopgate.routing;

import dev.loopgate.model.HostPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Host names to the numbers of their patterns. One pass from the last byte to the first hashes every suffix on the way, so
 * that the wildcards of all lengths and the exact name cost no second pass, however many hosts there are.
 */
final class HostIndex {

    private final ByteIndex exact;
    private final ByteIndex wildcards;
    private final int[] exactNumbers;
    private final int[] wildcardNumbers;
    private final int any;

    HostIndex(List<HostPattern> patterns) {
        exactNumbers = numbers(patterns, HostPattern.Kind.EXACT);
        wildcardNumbers = numbers(patterns, HostPattern.Kind.WILDCARD);
        exact = index(patterns, exactNumbers);
        wildcards = index(patterns, wildcardNumbers);
        int[] all = numbers(patterns, HostPattern.Kind.ANY);
        any = all.length == 0 ? ByteIndex.ABSENT : all[0];
    }

    /**
     * @param start the range is the host without port, as sent; one trailing dot is ignored (RFC 1034 §3.1)
     * @return the number of the pattern, or {@link ByteIndex#ABSENT}
     */
    int find(byte[] bytes, int start, int end) {
        int stop = end > start && bytes[end - 1] == '.' ? end - 1 : end;
        if (stop == start) {
            // No name at all is not "any other name": an HTTP/1.0 request without Host reaches no backend.
            return ByteIndex.ABSENT;
        }
        int best = any;
        int hash = ByteIndex.SEED;
        boolean anyWildcard = !wildcards.isEmpty();
        for (int i = stop - 1; i >= start; i--) {
            byte next = Fold.LOWER[bytes[i] & 0xff];
            if (next == '.' && anyWildcard && i > start && bytes[i - 1] != '.') {
                int found = wildcards.find(hash, bytes, i + 1, stop, Fold.LOWER);
                if (found != ByteIndex.ABSENT) {
                    best = wildcardNumbers[found];
                }
            }
            hash = ByteIndex.step(hash, next);
        }
        int found = exact.find(hash, bytes, start, stop, Fold.LOWER);
        return found == ByteIndex.ABSENT ? best : exactNumbers[found];
    }

    private static int[] numbers(List<HostPattern> patterns, HostPattern.Kind kind) {
        int[] found = new int[patterns.size()];
        int count = 0;
        for (int i = 0; i < patterns.size(); i++) {
            if (patterns.get(i).kind() == kind) {
                found[count++] = i;
            }
        }
        return Arrays.copyOf(found, count);
    }

    private static ByteIndex index(List<HostPattern> patterns, int[] numbers) {
        List<byte[]> keys = new ArrayList<>(numbers.length);
        List<Integer> hashes = new ArrayList<>(numbers.length);
        for (int number : numbers) {
            byte[] key = patterns.get(number).name().getBytes(StandardCharsets.UTF_8);
            int hash = ByteIndex.SEED;
            for (int i = key.length - 1; i >= 0; i--) {
                key[i] = Fold.LOWER[key[i] & 0xff];
                hash = ByteIndex.step(hash, key[i]);
            }
            keys.add(key);
            hashes.add(hash);
        }
        return new ByteIndex(keys, hashes);
    }
}
