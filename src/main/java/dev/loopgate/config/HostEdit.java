package dev.loopgate.config;

import dev.loopgate.config.EditTree.Entries;
import dev.loopgate.config.EditTree.Entry;
import dev.loopgate.config.EditTree.Leaf;
import dev.loopgate.config.EditTree.Node;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Adds, replaces or removes one host in the text of a configuration and leaves every other character as it is: comments,
 * layout, quotes, line ends, a byte order mark. What it gives back is to be read and compared before it is believed.
 */
final class HostEdit {

    private static final String MARK = "\ufeff";
    private static final String HOSTS = "hosts";
    /** Of a host: what says where it leads, and no more. */
    private static final Set<String> TARGETS = Set.of("to", "files", "redirect", "status", "respond");

    /** What means itself wherever it stands, in braces or without. */
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z0-9./][A-Za-z0-9_./:@%+~-]*[A-Za-z0-9_/-]|[A-Za-z0-9]");

    /** Words that other readers of YAML take for something else than text. */
    private static final Pattern WORD = Pattern.compile("(?i)null|true|false|yes|no|on|off|y|n");

    private final String text;
    private final String mark;
    private final TextLines lines;
    private final Optional<Node> root;
    private final boolean json;

    private HostEdit(String whole, boolean jsonFile) {
        this.mark = whole.startsWith(MARK) ? MARK : "";
        this.text = whole.substring(mark.length());
        this.lines = new TextLines(text);
        this.root = EditTree.parse(text);
        this.json = root.filter(node -> node instanceof Entries map
                        && map.flow()
                        && (jsonFile
                                || (!map.all().isEmpty()
                                        && text.charAt(map.all().get(0).key().start()) == '"')))
                .isPresent();
    }

    /**
     * @param jsonFile whether its name says that it is JSON
     * @throws IllegalArgumentException where it cannot be edited, with a clause for people
     */
    static HostEdit of(String text, boolean jsonFile) {
        return new HostEdit(text, jsonFile);
    }

    /** Whether the text says nothing at all. */
    boolean empty() {
        return root.isEmpty();
    }

    /** The text with a host more, behind all others. */
    String add(String name, HostTarget target) {
        if (root.isEmpty()) {
            return mark + appended(text.length(), HOSTS + ":" + lines.breaking() + "  " + entry(name, target));
        }
        Entries map = map(root.get(), "it");
        Optional<Entry> hosts = map.named(HOSTS);
        if (hosts.isEmpty()) {
            return mark + addHosts(map, name, target);
        }
        Node value = hosts.get().value();
        if (value instanceof Leaf leaf && !leaf.alias()) {
            return mark + fillHosts(map, hosts.get(), leaf, name, target);
        }
        Entries all = map(value, HOSTS);
        return mark + (all.flow() ? addInBraces(all, entry(name, target)) : addLine(all, entry(name, target)));
    }

    /**
     * The text with another target for the host whose key stands there.
     *
     * @throws IllegalArgumentException where it says more than a target: a limit that goes unnoticed opens something
     */
    String replace(Place key, HostTarget target) {
        Entry entry = entry(key);
        if (entry.value() instanceof Entries full
                && full.all().stream()
                        .anyMatch(option -> !TARGETS.contains(option.key().value()))) {
            throw new IllegalArgumentException("the host has options of its own, which would go with its target");
        }
        int colon = text.indexOf(':', entry.key().end());
        return mark + text.substring(0, colon + 1) + " " + target.text(json)
                + text.substring(Math.max(colon + 1, entry.end()));
    }

    /** The text without the host whose key stands there, and without the comment that belongs to it. */
    String remove(Place key) {
        Entry entry = entry(key);
        Entries hosts = hosts();
        return mark + (hosts.flow() ? removeInBraces(hosts, entry) : removeLines(entry));
    }

    private Entries hosts() {
        return map(
                root.flatMap(node -> map(node, "it").named(HOSTS))
                        .map(Entry::value)
                        .orElseThrow(() -> new IllegalArgumentException("it has no hosts")),
                HOSTS);
    }

    private Entry entry(Place place) {
        return hosts().all().stream()
                .filter(entry ->
                        entry.key().line() == place.line() && entry.key().column() == place.column())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the host is not where it was"));
    }

    private static Entries map(Node node, String what) {
        if (node instanceof Entries entries) {
            return entries;
        }
        throw new IllegalArgumentException(what
                + (node instanceof Leaf leaf && leaf.alias() ? " stands somewhere else (an alias)" : " is no map"));
    }

    private String entry(String name, HostTarget target) {
        return HostTarget.scalar(name, json) + ": " + target.text(json);
    }

    private String addHosts(Entries map, String name, HostTarget target) {
        if (map.flow()) {
            String key = json ? "\"" + HOSTS + "\"" : HOSTS;
            return addInBraces(map, key + ": {" + entry(name, target) + "}");
        }
        String margin = " ".repeat(lines.indent(map.start()));
        return addLine(map, HOSTS + ":" + lines.breaking() + margin + " ".repeat(step(map)) + entry(name, target));
    }

    /** {@code hosts:} with nothing behind it, or with a null. */
    private String fillHosts(Entries map, Entry hosts, Leaf value, String name, HostTarget target) {
        if (map.flow()) {
            return text.substring(0, hosts.key().end()) + ": {" + entry(name, target) + "}"
                    + text.substring(Math.max(text.indexOf(':', hosts.key().end()) + 1, value.end()));
        }
        String base = text.substring(0, value.start()).stripTrailing() + text.substring(value.end());
        if (!value.nothing()) {
            return new HostEdit(base, json).add(name, target);
        }
        int margin = lines.indent(hosts.key().start());
        int next = lines.next(hosts.key().end());
        // What is commented out below is where the host would be.
        int indent = next < text.length() && lines.comment(next) && lines.indent(next) > margin
                ? lines.indent(next)
                : margin + step(map);
        return appended(lines.end(hosts.key().end()), " ".repeat(indent) + entry(name, target));
    }

    /** How much deeper the maps of this file are than what holds them. */
    private int step(Entries map) {
        return map.all().stream()
                .map(Entry::value)
                .filter(value -> value instanceof Entries inner && !inner.flow())
                .mapToInt(value -> lines.indent(value.start()) - lines.indent(map.start()))
                .filter(step -> step > 0)
                .findFirst()
                .orElse(2);
    }

    private String addLine(Entries map, String line) {
        Entry last = map.all().get(map.all().size() - 1);
        int indent = lines.indent(map.all().get(0).key().start());
        return appended(endOf(last), " ".repeat(indent) + line);
    }

    /** A line behind the one that ends there; where that has no break, being the last of the text, neither has this. */
    private String appended(int at, String line) {
        boolean begun = at > lines.start(at);
        return text.substring(0, at) + (begun ? lines.breaking() + line : line + lines.breaking()) + text.substring(at);
    }

    /** The end of the last line that is about an entry of a block: comments below it that stand deeper are part of it. */
    private int endOf(Entry entry) {
        int end = lines.end(entry.end());
        int indent = lines.indent(entry.key().start());
        for (int next = lines.next(end);
                next < text.length() && next > end && lines.comment(next) && lines.indent(next) > indent;
                next = lines.next(end)) {
            end = lines.end(next);
        }
        return end;
    }

    private String addInBraces(Entries map, String entry) {
        if (map.all().isEmpty()) {
            int open = map.start() + 1;
            if (lines.start(map.start()) != lines.start(map.end() - 1)) {
                String indent = lines.breaking() + " ".repeat(lines.indent(map.start()) + 2);
                return text.substring(0, open) + indent + entry + text.substring(open);
            }
            int at = text.charAt(open) == ' ' ? open + 1 : open;
            return text.substring(0, at) + entry + text.substring(at);
        }
        Entry last = map.all().get(map.all().size() - 1);
        int end = last.end();
        if (!leads(last)) {
            return text.substring(0, end) + ", " + entry + text.substring(end);
        }
        String margin =
                text.substring(lines.start(last.key().start()), last.key().start());
        if (!ends(last)) {
            return text.substring(0, end) + "," + lines.breaking() + margin + entry + text.substring(end);
        }
        int comma = comma(end);
        int line = lines.end(end);
        String upTo = comma < 0 ? text.substring(0, end) + "," + text.substring(end, line) : text.substring(0, line);
        return upTo + lines.breaking() + margin + entry + (comma < 0 ? "" : ",") + text.substring(line);
    }

    private String removeInBraces(Entries map, Entry entry) {
        int at = map.all().indexOf(entry);
        boolean last = at == map.all().size() - 1;
        int comma = comma(entry.end());
        if (leads(entry) && ends(entry)) {
            String rest = text.substring(Math.max(lines.next(entry.end()), entry.end()));
            int from = commentsAbove(lines.start(entry.key().start()), entry);
            String before = text.substring(0, from);
            if (last && at > 0 && comma < 0) {
                int separator = comma(map.all().get(at - 1).end());
                if (separator < 0) {
                    throw new IllegalArgumentException("a comment stands where a comma is expected");
                }
                before = text.substring(0, separator) + text.substring(separator + 1, from);
            }
            return before + rest;
        }
        if (!last) {
            return text.substring(0, entry.key().start())
                    + text.substring(map.all().get(at + 1).key().start());
        }
        int from = at > 0 ? map.all().get(at - 1).end() : entry.key().start();
        int to = at > 0 || comma < 0 ? entry.end() : comma + 1;
        return text.substring(0, from) + text.substring(to);
    }

    private String removeLines(Entry entry) {
        int key = lines.start(entry.key().start());
        if (!text.substring(key, entry.key().start()).isBlank()) {
            throw new IllegalArgumentException("the host shares its line with something else");
        }
        int from = commentsAbove(key, entry);
        int end = endOf(entry);
        int to = lines.next(end);
        boolean blankAbove = from > 0 && lines.blank(lines.previous(from));
        if (blankAbove && (to == text.length() || lines.blank(to))) {
            // It was set off by a blank line on either side: one is enough for what is left.
            from = lines.previous(from);
        }
        if (to == end && from > 0) {
            // The last line of a text that has no break at its end.
            from = lines.end(lines.previous(from));
        }
        return text.substring(0, from) + text.substring(to);
    }

    /** Where the comment begins that stands right above an entry and as deep. */
    private int commentsAbove(int start, Entry entry) {
        int from = start;
        int indent = lines.indent(entry.key().start());
        Predicate<Integer> belongs = line -> lines.comment(line) && lines.indent(line) == indent;
        while (from > 0 && belongs.test(lines.previous(from))) {
            from = lines.previous(from);
        }
        return from;
    }

    /** Whether nothing but blanks stands before it on its line. */
    private boolean leads(Entry entry) {
        return text.substring(lines.start(entry.key().start()), entry.key().start())
                .isBlank();
    }

    /** Whether nothing but a comma and a comment stands behind it on its line. */
    private boolean ends(Entry entry) {
        int comma = comma(entry.end());
        String rest = text.substring(comma < 0 ? entry.end() : comma + 1, lines.end(Math.max(comma, entry.end())));
        return rest.isBlank() || rest.stripLeading().startsWith("#");
    }

    /** The comma behind that place, over blanks and breaks; -1 where something else comes first. */
    private int comma(int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() && text.charAt(at) == ',' ? at : -1;
    }

    /** Whether a word can stand without quotes. */
    static boolean plain(String word) {
        return PLAIN.matcher(word).matches() && !WORD.matcher(word).matches();
    }
}
