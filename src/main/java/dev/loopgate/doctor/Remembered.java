package dev.loopgate.doctor;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What several checks want to know and one of them finds out, while the others wait. */
final class Remembered<T> {

    private final Supplier<T> source;
    private @Nullable T value;

    Remembered(Supplier<T> source) {
        this.source = source;
    }

    synchronized T get() {
        T known = value;
        if (known == null) {
            known = source.get();
            value = known;
        }
        return known;
    }
}
