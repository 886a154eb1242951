package dev.loopgate.routing;

import java.util.List;

/**
 * Byte strings to their numbers, by open addressing; looked up in place, without a copy of the range. The caller computes
 * the hash, byte by byte, in the direction that lets it ask for many ranges in one pass.
 */
final class ByteIndex {

    static final int ABSENT = -1;
    static final int SEED = 0x811c9dc5;

    private final byte[][] keys;
    private final int[] hashes;
    private final int[] numbers;
    private final int mask;
    private final boolean empty;

    /** @param entryHashes of the entries, in their order; an entry that comes twice keeps its first number */
    ByteIndex(List<byte[]> entries, List<Integer> entryHashes) {
        int slots = entries.isEmpty() ? 1 : Math.max(4, Integer.highestOneBit(entries.size() * 2) * 2);
        keys = new byte[slots][];
        hashes = new int[slots];
        numbers = new int[slots];
        mask = slots - 1;
        empty = entries.isEmpty();
        for (int i = 0; i < entries.size(); i++) {
            int hash = entryHashes.get(i);
            byte[] key = entries.get(i);
            int slot = spread(hash);
            while (keys[slot] != null && !equal(slot, hash, key, 0, key.length, Fold.NONE)) {
                slot = (slot + 1) & mask;
            }
            if (keys[slot] == null) {
                keys[slot] = key;
                hashes[slot] = hash;
                numbers[slot] = i;
            }
        }
    }

    /** One more byte of a hash (FNV-1a). */
    static int step(int hash, byte next) {
        return (hash ^ next) * 0x01000193;
    }

    boolean isEmpty() {
        return empty;
    }

    /** The number of the key that equals the folded range, or {@link #ABSENT}. */
    int find(int hash, byte[] bytes, int start, int end, byte[] fold) {
        for (int slot = spread(hash); keys[slot] != null; slot = (slot + 1) & mask) {
            if (equal(slot, hash, bytes, start, end, fold)) {
                return numbers[slot];
            }
        }
        return ABSENT;
    }

    private int spread(int hash) {
        return (hash ^ (hash >>> 15)) & mask;
    }

    private boolean equal(int slot, int hash, byte[] bytes, int start, int end, byte[] fold) {
        byte[] key = keys[slot];
        if (hashes[slot] != hash || key.length != end - start) {
            return false;
        }
        for (int i = 0; i < key.length; i++) {
            if (key[i] != fold[bytes[start + i] & 0xff]) {
                return false;
            }
        }
        return true;
    }
}
