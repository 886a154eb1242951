package dev.loopgate.gateway;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows neighbouring ports that are alike as one entry, from so many on that nobody wants to read them one by one: a range
 * can have tens of thousands.
 *
 * @param ports what of an entry counts up from one to the next
 * @param alike whether two neighbours have nothing else to tell them apart
 * @param spanning an entry like the one given, for all of these ports
 */
record PortRuns<T>(Function<T, Ports> ports, BiPredicate<T, T> alike, BiFunction<T, Ports, T> spanning) {

    /** Fewer stay as they are. */
    static final int SHORTEST = 16;

    /**
     * Texts that end with a port.
     *
     * @param bind {@code lan:8000}
     * @param addresses {@code 192.168.1.7:8000}
     * @param targets {@code localhost:9000}
     */
    record Ports(String bind, List<String> addresses, List<String> targets) {

        /** Digits that a port can have. */
        private static final int LONGEST = 5;

        private boolean followedBy(Ports next) {
            return follows(bind, next.bind) && follow(addresses, next.addresses) && follow(targets, next.targets);
        }

        private Ports to(Ports last) {
            return new Ports(
                    spanning(bind, last.bind), spanning(addresses, last.addresses), spanning(targets, last.targets));
        }

        private static boolean follow(List<String> texts, List<String> next) {
            boolean follow = texts.size() == next.size();
            for (int i = 0; i < texts.size() && follow; i++) {
                follow = follows(texts.get(i), next.get(i));
            }
            return follow;
        }

        private static boolean follows(String text, String next) {
            int port = portAt(text);
            return port == portAt(next)
                    && port < text.length()
                    && text.regionMatches(0, next, 0, port)
                    && number(text, port) + 1 == number(next, port);
        }

        private static List<String> spanning(List<String> first, List<String> last) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < first.size(); i++) {
                all.add(spanning(first.get(i), last.get(i)));
            }
            return all;
        }

        private static String spanning(String first, String last) {
            return first + "-" + last.substring(portAt(last));
        }

        private static int number(String text, int from) {
            return Integer.parseInt(text, from, text.length(), 10);
        }

        /** Where the port begins; the end of the text where it has none. */
        private static int portAt(String text) {
            int first = text.lastIndexOf(':') + 1;
            int length = text.length() - first;
            boolean port = length > 0 && length <= LONGEST;
            for (int i = first; i < text.length() && port; i++) {
                port = text.charAt(i) >= '0' && text.charAt(i) <= '9';
            }
            return port ? first : text.length();
        }
    }

    /** @param entries are let go of one by one where they become part of a run */
    List<T> fold(Stream<T> entries) {
        List<T> folded = new ArrayList<>();
        Run run = new Run();
        for (Iterator<T> rest = entries.iterator(); rest.hasNext(); ) {
            T next = rest.next();
            if (!run.take(next)) {
                run.end(folded);
                run = new Run();
                run.take(next);
            }
        }
        run.end(folded);
        return folded;
    }

    private final class Run {

        private final List<T> head = new ArrayList<>();
        private @Nullable T last;
        private int length;

        boolean take(T next) {
            T before = last;
            if (before != null
                    && !(alike.test(before, next) && ports.apply(before).followedBy(ports.apply(next)))) {
                return false;
            }
            length++;
            last = next;
            if (length < SHORTEST) {
                head.add(next);
            }
            return true;
        }

        void end(List<T> folded) {
            T end = last;
            if (end == null || length < SHORTEST) {
                folded.addAll(head);
            } else {
                T first = head.get(0);
                folded.add(spanning.apply(first, ports.apply(first).to(ports.apply(end))));
            }
        }
    }
}
