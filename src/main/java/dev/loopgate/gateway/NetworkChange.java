package dev.loopgate.gateway;

import dev.loopgate.gateway.GatewayStatus.Listening;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a reload did to where this machine can be reached.
 *
 * @param opened sockets of HTTP that were not there before
 * @param closed sockets of HTTP that are gone
 * @param exposed forwards that the network can reach and could not before
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
     * @param bind as in the file: {@code lan:5432}
     * @param targets in the order of the file
     */
    public record Exposed(String bind, List<String> targets) {
        public Exposed {
            targets = List.copyOf(targets);
        }
    }

    static NetworkChange between(GatewayStatus before, GatewayStatus after) {
        Set<String> known = before.forwards().stream()
                .filter(NetworkChange::reachable)
                .map(GatewayStatus.ForwardState::bind)
                .collect(Collectors.toSet());
        return new NetworkChange(
                without(after.listeners(), before.listeners()),
                without(before.listeners(), after.listeners()),
                after.forwards().stream()
                        .filter(forward -> reachable(forward) && !known.contains(forward.bind()))
                        .map(forward -> new Exposed(forward.bind(), forward.targets()))
                        .toList());
    }

    private static List<Listening> without(List<Listening> all, List<Listening> others) {
        List<Listening> rest = new ArrayList<>(all);
        rest.removeAll(others);
        return rest;
    }

    private static boolean reachable(GatewayStatus.ForwardState forward) {
        return forward.open() && !forward.addresses().isEmpty();
    }
}
