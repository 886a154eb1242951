package dev.loopgate.diagnose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the system itself does with a port. Reads Linux's settings anew each time; elsewhere the usual ones count. */
final class PortRules {

    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:\\s*-\\s*|\\s+)(\\d+)|(\\d+)");

    /** RFC 6335 §6. */
    private static final String DYNAMIC = "49152 65535";

    private final Path settings;

    PortRules() {
        this(Path.of("/proc/sys/net/ipv4"));
    }

    /** @param settings a folder like {@code /proc/sys/net/ipv4} */
    PortRules(Path settings) {
        this.settings = settings;
    }

    Optional<String> privileged(int port) {
        int first = Range.of(setting("ip_unprivileged_port_start", "1024")).first;
        return port < first
                ? Optional.of("the system keeps ports below " + first + " for the privileged")
                : Optional.empty();
    }

    Optional<String> outgoing(int port) {
        Range range = lent();
        return outgoing().test(port)
                ? Optional.of("ports " + range.first + " to " + range.last
                        + " go to outgoing connections, one of which may have it")
                : Optional.empty();
    }

    /** Which ports go to outgoing connections, by the settings as they are now. */
    IntPredicate outgoing() {
        Range range = lent();
        List<Range> reserved = Arrays.stream(
                        setting("ip_local_reserved_ports", "").split(",", -1))
                .map(Range::of)
                .toList();
        return port -> range.contains(port) && reserved.stream().noneMatch(each -> each.contains(port));
    }

    private Range lent() {
        return Range.of(setting("ip_local_port_range", DYNAMIC));
    }

    private String setting(String name, String otherwise) {
        try {
            // Not readString: it asks for the first byte, and then for what follows, which such files do not tell.
            return String.join(" ", Files.readAllLines(settings.resolve(name))).strip();
        } catch (IOException notLinux) {
            return otherwise;
        }
    }

    private record Range(int first, int last) {
        static Range of(String text) {
            Matcher matcher = RANGE.matcher(text);
            if (!matcher.find()) {
                return new Range(1, 0);
            }
            return matcher.group(3) != null
                    ? new Range(Integer.parseInt(matcher.group(3)), Integer.parseInt(matcher.group(3)))
                    : new Range(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        }

        boolean contains(int port) {
            return first <= port && port <= last;
        }
    }
}
