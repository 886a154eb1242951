package dev.loopgate.routing;

import java.util.ArrayList;
import java.util.List;

/** Path prefixes to their numbers; the longest that ends on a segment border wins. */
final class PrefixIndex {

    /** Of most hosts: thousands share it. */
    private static final PrefixIndex ROOT_ONLY = new PrefixIndex(List.of(new byte[0]));

    private final ByteIndex index;
    private final int[] numbers;
    private final int root;
    private final int longest;

    /** @param prefixes without a slash at the end, so that the empty one stands for {@code /} */
    static PrefixIndex of(List<byte[]> prefixes) {
        return prefixes.size() == 1 && prefixes.get(0).length == 0 ? ROOT_ONLY : new PrefixIndex(prefixes);
    }

    private PrefixIndex(List<byte[]> prefixes) {
        List<byte[]> keys = new ArrayList<>();
        List<Integer> hashes = new ArrayList<>();
        int[] all = new int[prefixes.size()];
        int rootNumber = ByteIndex.ABSENT;
        int max = 0;
        for (int i = 0; i < prefixes.size(); i++) {
            byte[] prefix = prefixes.get(i);
            if (prefix.length == 0) {
                rootNumber = i;
                continue;
            }
            int hash = ByteIndex.SEED;
            for (byte next : prefix) {
                hash = ByteIndex.step(hash, next);
            }
            all[keys.size()] = i;
            keys.add(prefix);
            hashes.add(hash);
            max = Math.max(max, prefix.length);
        }
        index = new ByteIndex(keys, hashes);
        numbers = all;
        root = rootNumber;
        longest = max;
    }

    /** The number of the longest prefix, or {@link ByteIndex#ABSENT}. */
    int find(byte[] bytes, int start, int end) {
        if (longest == 0 || start == end || bytes[start] != '/') {
            return root;
        }
        int best = root;
        int hash = ByteIndex.step(ByteIndex.SEED, (byte) '/');
        int stop = Math.min(end, start + longest);
        for (int i = start + 1; i <= stop; i++) {
            if (i == end || bytes[i] == '/') {
                int found = index.find(hash, bytes, start, i, Fold.NONE);
                if (found != ByteIndex.ABSENT) {
                    best = numbers[found];
                }
                if (i == end) {
                    break;
                }
            }
            hash = ByteIndex.step(hash, bytes[i]);
        }
        return best;
    }
}
