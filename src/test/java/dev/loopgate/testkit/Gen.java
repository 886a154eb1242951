package dev.loopgate.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Random input that is the same in every run: a failing test names its seed. */
public final class Gen {

    private final Random random;

    public Gen(long seed) {
        random = new Random(seed * 0x9e3779b97f4a7c15L + 1);
    }

    /** Seeds for a {@code @MethodSource}: 0 to {@code count - 1}. */
    public static LongStream seeds(int count) {
        return LongStream.range(0, count);
    }

    /** From {@code low} to {@code high}, both included. */
    public int between(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    /** True once in {@code n} times. */
    public boolean onceIn(int n) {
        return random.nextInt(n) == 0;
    }

    public <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    public final <T> T oneOf(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** A list of {@code low} to {@code high} values. */
    public <T> List<T> list(int low, int high, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = between(low, high); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }

    /** A text of {@code low} to {@code high} characters of an alphabet. */
    public String text(int low, int high, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int i = between(low, high); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** Any bytes at all. */
    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
