package dev.loopgate.gateway;

import dev.loopgate.gateway.GatewayStatus.Listening;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a reload did to where this machine can be reached.
 *
 * @param opened sockets of HTTP that were not there before
 * @param closed sockets of HTTP that are gone
 * @param exposed forwards that the network can reach now and could not before, or with targets or clients that are new
 */
public record NetworkChange(List<Listening> opened, List<Listening> closed, List<Exposed> exposed) {

    /** Everything is where it was. */
    public static final NetworkChange NONE = new NetworkChange(List.of(), List.of(), List.of());

    public NetworkChange {
        opened = List.copyOf(opened);
        closed = List.copyOf(closed);
        exposed = List.copyOf(exposed);
    }

    /**
     * A forward that machines elsewhere on the network can reach.
     *
     * @param bind as in the file, without the protocol: {@code lan:5432}; for many neighbours {@code lan:8000-8100}
     * @param targets in the order of the file
     */
    public record Exposed(Protocol protocol, String bind, List<String> targets) {
        public Exposed {
            targets = List.copyOf(targets);
        }

        private static List<Exposed> folded(Stream<Forward> all) {
            return new PortRuns<Exposed>(
                            forward -> new PortRuns.Ports(forward.bind, List.of(), forward.targets),
                            (one, next) -> one.protocol == next.protocol,
                            (first, ports) -> new Exposed(first.protocol, ports.bind(), ports.targets()))
                    .fold(all.map(
                            rule -> new Exposed(rule.protocol(), rule.bind().toString(), rule.destinations())));
        }
    }

    /**
     * Where the machine can be reached at one moment.
     *
     * @param forwards those that are open to the network and listen
     */
    record Reach(List<Listening> listeners, List<Forward> forwards) {}

    static NetworkChange between(Reach before, Reach after) {
        Map<Forward.Key, Forward> known =
                before.forwards().stream().collect(Collectors.toMap(Forward::key, forward -> forward));
        return new NetworkChange(
                without(after.listeners(), before.listeners()),
                without(before.listeners(), after.listeners()),
                Exposed.folded(
                        after.forwards().stream().filter(forward -> !within(forward, known.get(forward.key())))));
    }

    /** Nobody reaches anything by the one that was not reached by the other; null: by which there was nothing. */
    private static boolean within(Forward forward, @Nullable Forward other) {
        return other != null
                && (forward.equals(other)
                        || (Set.copyOf(other.destinations()).containsAll(forward.destinations())
                                && forward.access().within(other.access())));
    }

    private static List<Listening> without(List<Listening> all, List<Listening> others) {
        List<Listening> rest = new ArrayList<>(all);
        rest.removeAll(others);
        return rest;
    }
}
