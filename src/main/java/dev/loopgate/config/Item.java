package dev.loopgate.config;

import java.util.List;
import java.util.Set;

/** The text of a file as a tree: every node with its place, scalars as their text and not yet of any type. */
sealed interface Item {

    Place place();

    /** For messages: what a reader of the file would call it. */
    String kind();

    /**
     * A value or key.
     *
     * @param text what it says, variables expanded
     * @param written what the file says
     * @param plain without quotes
     */
    record Scalar(Place place, String text, String written, boolean plain) implements Item {

        private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

        /** Whether nothing was written, or a null by its YAML or JSON name. */
        boolean isNull() {
            return plain && text.equals(written) && NULLS.contains(text);
        }

        /** The text in quotes, for messages, with the variable that it came from. */
        String shown() {
            return Problems.quote(text) + (text.equals(written) ? "" : " (from " + written + ")");
        }

        @Override
        public String kind() {
            return isNull() ? "nothing" : shown();
        }
    }

    /** A list. */
    record Listing(Place place, List<Item> items) implements Item {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A map; each key once. */
    record Mapping(Place place, List<Entry> entries) implements Item {
        @Override
        public String kind() {
            return "a map";
        }
    }

    /** A key of a map and what it stands for. */
    record Entry(Scalar key, Item value) {}
}
