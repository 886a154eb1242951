package dev.loopgate.machine;

import dev.loopgate.diagnose.HostsFile;
import dev.loopgate.net.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A hosts file and Loopgate's block of lines in it. Each line of the block names the configurations that want it, so that
 * several projects share one block and take back only what is theirs. Everything outside the block stays byte for byte;
 * so does what somebody else wrote into it, which moves in front of it once the block changes. Immutable.
 */
public final class HostsText {

    /** A name that can stand in a hosts file. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9_])?");

    private static final String FIRST = "# BEGIN loopgate";

    /** Told by the first line where the line before it had no end until then: what is taken back has none again. */
    private static final String JOINED = " (the line above had no end)";

    private static final String UNDO = "; to take these lines out: loopgate hosts sync --remove";
    private static final String LAST = "# END loopgate";
    private static final Pattern OURS = Pattern.compile("(?:127\\.0\\.0\\.1|::1)\t(\\S+)\t# (.*)");
    private static final String BETWEEN = "; ";

    private final String before;
    private final SortedMap<String, Set<String>> owners;
    private final String after;
    private final boolean joined;
    private final String block;
    private final String foreign;

    private HostsText(
            String before,
            SortedMap<String, Set<String>> owners,
            String after,
            boolean joined,
            String block,
            String foreign) {
        this.before = before;
        this.owners = owners;
        this.after = after;
        this.joined = joined;
        this.block = block;
        this.foreign = foreign;
    }

    /** A line outside the block that has a name. */
    public record OwnLine(int number, String address) {

        public boolean loopback() {
            return address.startsWith("127.") || address.equals("::1") || address.equals("0:0:0:0:0:0:0:1");
        }
    }

    /** @throws IOException where the block has no end or there are two, with a message for people */
    public static HostsText of(byte[] content) throws IOException {
        // One character for each byte, whatever the encoding: what is not ours comes out as it went in.
        String text = new String(content, StandardCharsets.ISO_8859_1);
        int start = lineThatBegins(text, FIRST, 0);
        if (start < 0) {
            return new HostsText(text, Collections.emptySortedMap(), "", false, "", "");
        }
        int last = lineThatBegins(text, LAST, start);
        if (last < 0) {
            throw broken(text, start, "begins lines of Loopgate that no \"" + LAST + "\" ends");
        }
        int end = endOfLine(text, last);
        int second = lineThatBegins(text, FIRST, end);
        if (second >= 0) {
            throw broken(text, second, "begins lines of Loopgate a second time");
        }
        SortedMap<String, Set<String>> owners = new TreeMap<>();
        StringBuilder foreign = new StringBuilder();
        for (String line : lines(text.substring(endOfLine(text, start), last))) {
            Matcher ours = OURS.matcher(line.strip());
            if (ours.matches()) {
                owners.computeIfAbsent(ours.group(1), name -> new TreeSet<>())
                        .addAll(List.of(ours.group(2).split(BETWEEN)));
            } else {
                foreign.append(line);
            }
        }
        boolean joined = text.startsWith(JOINED, start + FIRST.length()) && foreign.length() == 0;
        return new HostsText(
                text.substring(0, start),
                owners,
                text.substring(end),
                joined,
                text.substring(start, end),
                foreign.toString());
    }

    /** Whether a hosts file can have it: no wildcard, no address. */
    public static boolean canHave(String name) {
        return NAME.matcher(name).matches() && !name.matches("[0-9.]+");
    }

    /** The names in the block, whoever wants them. */
    public Set<String> names() {
        return Collections.unmodifiableSet(owners.keySet());
    }

    /** Those that this owner wants. */
    public Set<String> namesOf(String owner) {
        String own = stored(owner);
        return owners.entrySet().stream()
                .filter(entry -> entry.getValue().contains(own))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What the user's own lines make of a name: the first of them; one that leads to this machine, where there is any. */
    public Optional<OwnLine> ownLine(String name) {
        List<OwnLine> found = new ArrayList<>();
        find(name, before, 0, found);
        find(name, foreign, lines(before).size() + 1, found);
        find(name, after, lines(before + block).size(), found);
        return found.stream()
                .filter(OwnLine::loopback)
                .findFirst()
                .or(() -> found.stream().findFirst());
    }

    /**
     * With these names and no others of that owner.
     *
     * @param owner what wants them, such as the path of a configuration
     * @param names each such that {@link #canHave}
     */
    public HostsText with(String owner, Collection<String> names) {
        SortedMap<String, Set<String>> changed = withoutOwner(stored(owner));
        for (String name : names) {
            if (!canHave(name)) {
                throw new IllegalArgumentException("not a name for a hosts file: " + name);
            }
            changed.computeIfAbsent(name, any -> new TreeSet<>()).add(stored(owner));
        }
        return having(changed);
    }

    /** Without the names that only this owner wants. */
    public HostsText without(String owner) {
        return having(withoutOwner(stored(owner)));
    }

    /** As if Loopgate had never written to it. */
    public HostsText withoutAll() {
        return having(Collections.emptySortedMap());
    }

    public byte[] bytes() {
        return (before + block + after).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The lines of the block, without their ends; empty where there is none. */
    public List<String> block() {
        return new String(block.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private SortedMap<String, Set<String>> withoutOwner(String owner) {
        SortedMap<String, Set<String>> changed = new TreeMap<>();
        owners.forEach((name, all) -> {
            Set<String> others = new TreeSet<>(all);
            others.remove(owner);
            if (!others.isEmpty()) {
                changed.put(name, others);
            }
        });
        return changed;
    }

    private HostsText having(SortedMap<String, Set<String>> wanted) {
        if (wanted.equals(owners)) {
            return this;
        }
        String newline = (before + after).contains("\r\n") ? "\r\n" : "\n";
        if (wanted.isEmpty()) {
            // What somebody wrote behind the block must not become part of the line before it.
            String rest = joined && after.isEmpty() ? withoutLastEnd(before) : before + foreign;
            return new HostsText(rest, wanted, after, false, "", "");
        }
        String start = before + foreign;
        boolean open = !start.isEmpty() && !start.endsWith("\n");
        StringBuilder lines = new StringBuilder(FIRST);
        lines.append(open || joined ? JOINED : "").append(UNDO).append(newline);
        for (Map.Entry<String, Set<String>> entry : wanted.entrySet()) {
            for (String address : List.of("127.0.0.1", "::1")) {
                lines.append(address).append('\t').append(entry.getKey()).append("\t# ");
                lines.append(String.join(BETWEEN, entry.getValue())).append(newline);
            }
        }
        lines.append(LAST).append(newline);
        return new HostsText(open ? start + newline : start, wanted, after, open || joined, lines.toString(), "");
    }

    private static String withoutLastEnd(String text) {
        return text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0));
    }

    /** As it stands in a line: one character for each byte, and nothing that ends the line or begins another owner. */
    private static String stored(String owner) {
        String printable = Printable.kept(owner).replace(";", "?");
        return new String(printable.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1).strip();
    }

    private static void find(String name, String part, int linesBefore, List<OwnLine> found) {
        for (HostsFile.Entry entry : HostsFile.of(name, part)) {
            found.add(new OwnLine(linesBefore + entry.line(), entry.address()));
        }
    }

    private static int lineThatBegins(String text, String with, int from) {
        for (int at = text.indexOf(with, from); at >= 0; at = text.indexOf(with, at + 1)) {
            if (at == 0 || text.charAt(at - 1) == '\n') {
                return at;
            }
        }
        return -1;
    }

    private static int endOfLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end + 1;
    }

    /** With their ends. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (int at = 0; at < text.length(); at = endOfLine(text, at)) {
            lines.add(text.substring(at, endOfLine(text, at)));
        }
        return lines;
    }

    private static IOException broken(String text, int at, String what) {
        int line = lines(text.substring(0, at)).size() + 1;
        return new IOException("line " + line + " " + what + ": put it right by hand");
    }
}
