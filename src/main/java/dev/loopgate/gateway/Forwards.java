package dev.loopgate.gateway;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The forwards in force. One that is the same before and after a change is not touched, nor are its connections. Changed
 * by one caller at a time, read by any thread.
 */
final class Forwards {

    private final Function<Forward.Tcp, ForwardSlot> maker;
    private final Set<ForwardSlot> leaving = ConcurrentHashMap.newKeySet();
    private volatile Map<BindAddress, ForwardSlot> slots = Map.of();

    Forwards(Function<Forward.Tcp, ForwardSlot> maker) {
        this.maker = maker;
    }

    /**
     * Goes over to these rules: what is gone lets go of its sockets first, since something new may need them.
     *
     * @return completes once each new one listens or is known not to; never fails
     */
    Future<Void> apply(List<Forward> rules) {
        Map<BindAddress, ForwardSlot> before = slots;
        Map<BindAddress, ForwardSlot> after = new LinkedHashMap<>();
        List<ForwardSlot> fresh = new ArrayList<>();
        for (Forward.Tcp rule : tcp(rules)) {
            ForwardSlot slot = before.get(rule.bind());
            if (slot == null) {
                slot = maker.apply(rule);
                fresh.add(slot);
            } else if (!slot.rule().equals(rule)) {
                slot.change(rule);
            }
            after.put(rule.bind(), slot);
        }
        slots = after;
        List<ForwardSlot> gone = before.entrySet().stream()
                .filter(entry -> !after.containsKey(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        return release(gone).compose(free -> openAll(fresh));
    }

    /**
     * Retires forwards that are about to go and have a socket that the gateway itself is to listen on.
     *
     * @return their rules, once the sockets are free, should they have to come back: see {@link #restore}
     */
    Future<List<Forward.Tcp>> makeWay(Collection<InetSocketAddress> wanted, List<Forward> rules) {
        Map<BindAddress, ForwardSlot> parting = new LinkedHashMap<>(slots);
        tcp(rules).forEach(rule -> parting.remove(rule.bind()));
        parting.values()
                .removeIf(slot -> slot.listening().stream().noneMatch(own -> HttpListeners.overlapsAny(own, wanted)));
        Map<BindAddress, ForwardSlot> staying = new LinkedHashMap<>(slots);
        staying.keySet().removeAll(parting.keySet());
        slots = staying;
        List<Forward.Tcp> gone =
                parting.values().stream().map(ForwardSlot::rule).toList();
        return release(parting.values()).map(gone);
    }

    Future<Void> restore(List<Forward.Tcp> gone) {
        Map<BindAddress, ForwardSlot> all = new LinkedHashMap<>(slots);
        List<ForwardSlot> back = gone.stream().map(maker).toList();
        back.forEach(slot -> all.put(slot.rule().bind(), slot));
        slots = all;
        return openAll(back);
    }

    /** @return completes once the last connection of every forward has ended, at the latest when the time is over */
    Future<Void> retireAll(Duration drain) {
        List<ForwardSlot> all = new ArrayList<>(slots.values());
        all.addAll(leaving);
        slots = Map.of();
        return Future.join(all.stream().map(slot -> retire(slot, drain)).toList())
                .mapEmpty();
    }

    int connections() {
        return slots.values().stream().mapToInt(ForwardSlot::connections).sum();
    }

    List<GatewayStatus.ForwardState> states() {
        return slots.values().stream().map(ForwardSlot::state).toList();
    }

    private static Future<Void> openAll(Collection<ForwardSlot> closed) {
        return Future.join(closed.stream().map(ForwardSlot::open).toList()).mapEmpty();
    }

    /** Retires them, and completes as soon as their sockets are free. */
    private Future<Void> release(Collection<ForwardSlot> gone) {
        gone.forEach(slot -> retire(slot, slot.rule().drain()));
        return Future.join(gone.stream().map(ForwardSlot::stopAccepting).toList())
                .mapEmpty();
    }

    private Future<Void> retire(ForwardSlot slot, Duration drain) {
        leaving.add(slot);
        return slot.retire(drain).onComplete(ended -> leaving.remove(slot));
    }

    private static List<Forward.Tcp> tcp(List<Forward> rules) {
        return rules.stream().map(Forwards::tcp).toList();
    }

    private static Forward.Tcp tcp(Forward rule) {
        if (rule instanceof Forward.Tcp tcp) {
            return tcp;
        }
        throw new IllegalArgumentException("not a forward of TCP: " + rule);
    }
}
