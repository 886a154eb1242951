package dev.loopgate.config;

import dev.loopgate.config.Item.Entry;
import dev.loopgate.config.Item.Listing;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Text to a tree of {@link Item}s. Built from the parser's events and not by snakeyaml's own composer and constructors, so that
 * no scalar ever becomes a number, date or boolean by YAML 1.1's rules, and every problem has its place.
 */
final class YamlTree {

    private static final int DEEPEST = 64;

    /** Aliases may repeat what they name; a tree larger than this once they are followed is no configuration. */
    private static final long LARGEST = 1_000_000;

    private final Path file;
    private final Problems problems;
    private final Variables variables;
    private final Map<String, Anchored> anchors = new HashMap<>();
    private long size;

    /** @param item empty while what the anchor stands at is still being read */
    private record Anchored(Optional<Item> item, long size) {}

    YamlTree(Path file, Problems problems, Variables variables) {
        this.file = file;
        this.problems = problems;
        this.variables = variables;
    }

    /** The one document of the file; empty, with a problem, where the text is no YAML. */
    Optional<Item> parse(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        try {
            Parser parser = new ParserImpl(new StreamReader(text), options);
            parser.getEvent();
            if (parser.checkEvent(Event.ID.StreamEnd)) {
                return nothing(new Place(file, 1, 1));
            }
            parser.getEvent();
            Item item = item(parser, 0, true);
            parser.getEvent();
            if (!parser.checkEvent(Event.ID.StreamEnd)) {
                throw new Stop(place(parser.peekEvent()), "a second document begins here", "one file is one document");
            }
            return item instanceof Scalar scalar && scalar.isNull() ? nothing(scalar.place()) : Optional.of(item);
        } catch (Stop stop) {
            problems.error(stop.place, stop.message, stop.hint);
        } catch (YAMLException fault) {
            new SyntaxFault(file, text).report(fault, problems);
        }
        return Optional.empty();
    }

    private Optional<Item> nothing(Place place) {
        problems.error(place, "the file says nothing", "write {} for a configuration that says nothing");
        return Optional.empty();
    }

    private Item item(Parser parser, int depth, boolean value) throws Stop {
        Event event = parser.getEvent();
        Place place = place(event);
        if (event instanceof AliasEvent alias) {
            return aliased(alias.getAnchor(), place);
        }
        if (depth > DEEPEST) {
            throw new Stop(
                    place, "nested more than " + DEEPEST + " levels deep", "a configuration needs less than ten");
        }
        String anchor = ((NodeEvent) event).getAnchor();
        long before = size;
        if (anchor != null) {
            anchors.put(anchor, new Anchored(Optional.empty(), 0));
        }
        grow(1, place);
        Item item = event instanceof ScalarEvent scalar
                ? scalar(scalar, place, value)
                : collection(parser, (CollectionStartEvent) event, place, depth);
        if (anchor != null) {
            anchors.put(anchor, new Anchored(Optional.of(item), size - before));
        }
        return item;
    }

    private Item aliased(String name, Place place) throws Stop {
        Anchored anchored = anchors.get(name);
        if (anchored == null) {
            return unknown(
                    place,
                    "\"*" + name + "\" refers to an anchor that is not above it",
                    "a name with a wildcard needs quotes: \"*." + name.replaceFirst("^\\.", "") + "\"");
        }
        grow(anchored.size, place);
        return anchored.item.orElseGet(() -> unknown(
                place,
                "\"*" + name + "\" refers to what it is part of",
                "an alias cannot stand within its own anchor"));
    }

    /** Stands for what cannot be known, so that the rest of the file is still looked at. */
    private Item unknown(Place place, String message, String hint) {
        problems.errorAndNoMore(place, message, hint);
        return new Scalar(place, "", "", false);
    }

    private void grow(long by, Place place) throws Stop {
        size += by;
        if (size > LARGEST) {
            throw new Stop(
                    place, "more than a million nodes once aliases are followed", "use fewer aliases of aliases");
        }
    }

    private Scalar scalar(ScalarEvent event, Place place, boolean value) {
        refuseTag(event.getTag(), place);
        String written = event.getValue();
        return new Scalar(place, value ? variables.expand(written, place) : written, written, event.isPlain());
    }

    private Item collection(Parser parser, CollectionStartEvent event, Place place, int depth) throws Stop {
        refuseTag(event.getTag(), place);
        if (event instanceof MappingStartEvent) {
            List<Entry> entries = entries(parser, depth);
            parser.getEvent();
            return new Mapping(place, entries);
        }
        List<Item> items = new ArrayList<>();
        while (!parser.checkEvent(Event.ID.SequenceEnd)) {
            items.add(item(parser, depth + 1, true));
        }
        parser.getEvent();
        return new Listing(place, List.copyOf(items));
    }

    private List<Entry> entries(Parser parser, int depth) throws Stop {
        Map<String, Entry> entries = new java.util.LinkedHashMap<>();
        while (!parser.checkEvent(Event.ID.MappingEnd)) {
            Item key = item(parser, depth + 1, false);
            if (isMerge(key) && parser.checkEvent(Event.ID.Alias)) {
                refuseMerge(key.place());
                parser.getEvent();
                continue;
            }
            Item value = item(parser, depth + 1, true);
            if (!(key instanceof Scalar name)) {
                problems.error(
                        key.place(), "a key is a word or a name, not " + key.kind(), "put it in quotes if it is text");
            } else if (isMerge(key)) {
                refuseMerge(key.place());
            } else {
                Entry twin = entries.putIfAbsent(name.text(), new Entry(name, value));
                if (twin != null) {
                    problems.error(
                            name.place(),
                            "duplicate key " + Problems.quote(name.text()),
                            "the first is at " + twin.key().place());
                }
            }
        }
        return List.copyOf(entries.values());
    }

    private static boolean isMerge(Item key) {
        return key instanceof Scalar name && name.text().equals("<<") && name.plain();
    }

    private void refuseMerge(Place place) {
        problems.error(
                place,
                "\"<<\" (merge keys) is not supported",
                "put what routes have in common under defaults, or on their host");
    }

    private void refuseTag(String tag, Place place) {
        if (tag != null) {
            String shown = tag.startsWith("tag:yaml.org,2002:") ? "!!" + tag.substring(18) : tag;
            problems.error(place, "tags such as " + Problems.quote(shown) + " are not supported", "take it out");
        }
    }

    private Place place(Event event) {
        Mark mark = event.getStartMark();
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** Ends the reading of a file: nothing behind this place can be made sense of. */
    private static final class Stop extends Exception {
        private final transient Place place;
        private final String message;
        private final String hint;

        Stop(Place place, String message, String hint) {
            super(message, null, false, false);
            this.place = place;
            this.message = message;
            this.hint = hint;
        }
    }
}
