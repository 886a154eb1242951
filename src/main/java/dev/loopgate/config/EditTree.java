package dev.loopgate.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/** A text as a tree that knows which characters each of its nodes stands on, so that the others can be left alone. */
final class EditTree {

    private final String text;

    /** Something in the text; from {@code start} up to but not including {@code end}, as indices of chars. */
    sealed interface Node {
        int start();

        int end();
    }

    /**
     * A key or value, or an alias.
     *
     * @param value what it says; of an alias its name
     * @param nothing whether no character stands for it
     */
    record Leaf(int start, int end, int line, int column, String value, boolean alias, boolean nothing)
            implements Node {}

    /** A list; what is in it is nobody's business here. */
    record Items(int start, int end) implements Node {}

    /** @param flow in braces */
    record Entries(int start, int end, boolean flow, List<Entry> all) implements Node {

        Optional<Entry> named(String key) {
            return all.stream().filter(entry -> entry.key.value.equals(key)).findFirst();
        }
    }

    record Entry(Leaf key, Node value) {
        int end() {
            return Math.max(key.end, value.end());
        }
    }

    private EditTree(String text) {
        this.text = text;
    }

    /**
     * @param text without a byte order mark
     * @return empty where the text says nothing, such as one of comments only
     * @throws IllegalArgumentException where it is no YAML, or has a key that is no word
     */
    static Optional<Node> parse(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        try {
            Parser parser = new ParserImpl(new StreamReader(sameLength(text)), options);
            parser.getEvent();
            if (parser.checkEvent(Event.ID.StreamEnd)) {
                return Optional.empty();
            }
            parser.getEvent();
            Node root = new EditTree(text).node(parser);
            return root instanceof Leaf leaf && leaf.nothing ? Optional.empty() : Optional.of(root);
        } catch (YAMLException fault) {
            throw new IllegalArgumentException("it is no YAML", fault);
        }
    }

    /** What JSON has and YAML 1.1 has not, tabs and {@code \/}, as something that YAML has, at the same places. */
    private static String sameLength(String text) {
        return text.stripLeading().startsWith("{") ? text.replace('\t', ' ').replace("\\/", "//") : text;
    }

    private Node node(Parser parser) {
        Event event = parser.getEvent();
        int start = index(event.getStartMark());
        if (event instanceof AliasEvent alias) {
            return leaf(event, start, alias.getAnchor(), true);
        }
        if (event instanceof ScalarEvent scalar) {
            return leaf(event, start, scalar.getValue(), false);
        }
        boolean flow = ((CollectionStartEvent) event).isFlow();
        int end = start;
        if (!(event instanceof MappingStartEvent)) {
            while (!parser.checkEvent(Event.ID.SequenceEnd)) {
                end = node(parser).end();
            }
            Event last = parser.getEvent();
            return new Items(start, flow ? index(last.getEndMark()) : end);
        }
        List<Entry> entries = new ArrayList<>();
        while (!parser.checkEvent(Event.ID.MappingEnd)) {
            if (!(node(parser) instanceof Leaf key)) {
                throw new IllegalArgumentException("one of its keys is no word");
            }
            Entry entry = new Entry(key, node(parser));
            entries.add(entry);
            end = entry.end();
        }
        Event last = parser.getEvent();
        return new Entries(start, flow ? index(last.getEndMark()) : end, flow, List.copyOf(entries));
    }

    private Leaf leaf(Event event, int start, String value, boolean alias) {
        Mark mark = event.getStartMark();
        int end = index(event.getEndMark());
        boolean nothing = end == start;
        // A block scalar ends where the next line begins.
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return new Leaf(start, end, mark.getLine() + 1, mark.getColumn() + 1, value, alias, nothing);
    }

    /** Marks count characters outside the basic plane as one. */
    private int index(Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }
}
