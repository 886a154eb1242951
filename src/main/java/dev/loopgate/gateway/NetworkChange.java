package dev.loopgate.gateway;

import dev.loopgate.gateway.GatewayStatus.ForwardState;
import dev.loopgate.gateway.GatewayStatus.Listening;
import dev.loopgate.model.Access;
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
     * @param bind as in the file, without the protocol: {@code lan:5432}
     * @param targets in the order of the file
     */
    public record Exposed(Protocol protocol, String bind, List<String> targets) {
        public Exposed {
            targets = List.copyOf(targets);
        }
    }

    /** Where the machine can be reached at one moment. */
    record Reach(List<Listening> listeners, List<ForwardState> forwards) {}

    static NetworkChange between(Reach before, Reach after) {
        Map<Object, Way> known = ways(before).collect(Collectors.toMap(Way::key, way -> way));
        return new NetworkChange(
                without(after.listeners(), before.listeners()),
                without(before.listeners(), after.listeners()),
                ways(after)
                        .filter(way -> !way.within(known.get(way.key())))
                        .map(way -> new Exposed(way.protocol, way.bind, way.targets))
                        .toList());
    }

    /** Who reaches what from the network, and where. */
    private record Way(Protocol protocol, String bind, Access access, List<String> targets) {

        Object key() {
            return List.of(protocol, bind);
        }

        /** Nobody reaches anything by this that was not reached by the other; null: by which there was nothing. */
        boolean within(@Nullable Way other) {
            return other != null && Set.copyOf(other.targets).containsAll(targets) && access.within(other.access);
        }
    }

    private static Stream<Way> ways(Reach reach) {
        return reach.forwards().stream()
                .filter(forward -> forward.open() && !forward.addresses().isEmpty())
                .map(forward -> new Way(forward.protocol(), forward.bind(), forward.access(), forward.targets()));
    }

    private static List<Listening> without(List<Listening> all, List<Listening> others) {
        List<Listening> rest = new ArrayList<>(all);
        rest.removeAll(others);
        return rest;
    }
}
