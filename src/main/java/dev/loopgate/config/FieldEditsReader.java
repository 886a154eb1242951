package dev.loopgate.config;

import dev.loopgate.config.Item.Entry;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.FieldEdits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Header fields: changes to them, and those of a fixed answer. */
final class FieldEditsReader {

    private static final Keys EDITS = new Keys("headers", List.of("set", "add", "remove"));

    /** RFC 9110 §5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    /** RFC 9110 §5.5, less obs-text. */
    private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e\\t]*[\\x21-\\x7e])?|");

    /** Fields of one connection (RFC 9110 §7.6.1) or of the framing (RFC 9112 §6): the gateway's own business. */
    private static final Set<String> OWN = Set.of(
            "connection",
            "content-length",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private final Problems problems;
    private final Scalars scalars;

    FieldEditsReader(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
    }

    /** {@code {set: {…}, add: {…}, remove: […]}}. */
    FieldEdits edits(Item item) {
        Mapping mapping = scalars.mappingOrNothing(item, "a map of set, add and remove");
        Fields fields = new Fields(mapping, EDITS, problems);
        return new FieldEdits(
                fields.value("set").map(this::fields).orElse(Map.of()),
                fields.value("add").map(this::fields).orElse(Map.of()),
                fields.value("remove").map(this::names).orElse(List.of()));
    }

    /** A map of names and values. */
    Map<String, String> fields(Item item) {
        Map<String, String> fields = new LinkedHashMap<>();
        Map<String, Place> seen = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Entry entry : scalars.mappingOrNothing(item, "a map of header names and values")
                .entries()) {
            Scalar key = entry.key();
            Optional<String> name = name(key);
            Optional<String> value = value(entry);
            Place twin = seen.putIfAbsent(key.text(), key.place());
            if (twin != null) {
                problems.error(key.place(), "duplicate header " + key.shown(), "the first is at " + twin);
            } else if (name.isPresent() && value.isPresent()) {
                fields.put(name.get(), value.get());
            }
        }
        return fields;
    }

    private List<String> names(Item item) {
        List<String> names = new ArrayList<>();
        Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (Item one : scalars.oneOrMore(item)) {
            scalars.scalar(one, "the name of a header").flatMap(this::name).ifPresent(name -> {
                if (seen.add(name)) {
                    names.add(name);
                } else {
                    problems.error(one.place(), "duplicate header " + Problems.quote(name));
                }
            });
        }
        return names;
    }

    private Optional<String> name(Scalar scalar) {
        String name = scalar.text();
        if (!TOKEN.matcher(name).matches()) {
            problems.error(
                    scalar.place(),
                    scalar.shown() + " is not the name of a header",
                    "letters, digits and hyphens make one");
            return Optional.empty();
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("host")) {
            problems.error(
                    scalar.place(),
                    "the Host header has an option of its own",
                    "host: preserve, rewrite, or the value");
            return Optional.empty();
        }
        if (OWN.contains(lower)) {
            problems.error(
                    scalar.place(),
                    name + " belongs to a single connection or to the framing of a message",
                    "the gateway sets it: leave it out");
            return Optional.empty();
        }
        return Optional.of(name);
    }

    /** Messages do not repeat the value: it may be a secret, and they end up in logs. */
    private Optional<String> value(Entry entry) {
        return scalars.scalar(entry.value(), "the value of a header, \"\" for an empty one")
                .flatMap(scalar -> {
                    if (VALUE.matcher(scalar.text()).matches()) {
                        return Optional.of(scalar.text());
                    }
                    problems.error(
                            scalar.place(),
                            "the value of the header " + entry.key().shown()
                                    + " has a character that headers do not have",
                            "one line of ASCII without blanks at its ends; a variable may hold a line break");
                    return Optional.empty();
                });
    }

    /**
     * Inherited changes with nearer ones over them: a name that the nearer ones set or remove forgets what was inherited for it.
     */
    static FieldEdits over(FieldEdits inherited, FieldEdits nearer) {
        if (inherited.isEmpty() || nearer.isEmpty()) {
            return inherited.isEmpty() ? nearer : inherited;
        }
        Set<String> replaced = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        replaced.addAll(nearer.set().keySet());
        replaced.addAll(nearer.remove());
        Map<String, String> set = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        set.putAll(inherited.set());
        set.keySet().removeAll(replaced);
        Map<String, String> orderedSet = new LinkedHashMap<>(set);
        orderedSet.putAll(nearer.set());
        Map<String, String> add = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        add.putAll(inherited.add());
        add.keySet().removeAll(replaced);
        nearer.add().keySet().forEach(add::remove);
        Map<String, String> orderedAdd = new LinkedHashMap<>(add);
        orderedAdd.putAll(nearer.add());
        Set<String> remove = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        remove.addAll(inherited.remove());
        remove.addAll(nearer.remove());
        return new FieldEdits(orderedSet, orderedAdd, List.copyOf(remove));
    }
}
