package dev.loopgate.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes to the header fields of a message, applied in this order: remove, set, add. Names are matched without regard
 * to case and written as given.
 *
 * @param set replaces every field line of that name by one
 * @param add appends one more field line
 * @param remove takes every field line of that name away
 */
public record FieldEdits(Map<String, String> set, Map<String, String> add, List<String> remove) {

    public static final FieldEdits NONE = new FieldEdits(Map.of(), Map.of(), List.of());

    public FieldEdits {
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
        add = Collections.unmodifiableMap(new LinkedHashMap<>(add));
        remove = List.copyOf(remove);
    }

    public boolean isEmpty() {
        return set.isEmpty() && add.isEmpty() && remove.isEmpty();
    }
}
