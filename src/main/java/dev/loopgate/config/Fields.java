package dev.loopgate.config;

import dev.loopgate.config.Item.Entry;
import dev.loopgate.config.Item.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A map with known keys, looked up by name; the others are problems. */
final class Fields {

    private final Mapping mapping;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Fields(Mapping mapping, Keys keys, Problems problems) {
        this.mapping = mapping;
        for (Entry entry : mapping.entries()) {
            String name = entry.key().text();
            if (keys.has(name)) {
                entries.put(name, entry);
            } else {
                keys.refuse(entry.key(), problems);
            }
        }
    }

    Place place() {
        return mapping.place();
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** What the key stands for. */
    Optional<Item> value(String key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    /** Where the key stands; where the map stands if it has no such key. */
    Place placeOf(String key) {
        Entry entry = entries.get(key);
        return entry == null ? place() : entry.key().place();
    }
}
