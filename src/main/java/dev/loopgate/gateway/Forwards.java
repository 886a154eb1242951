package dev.loopgate.gateway;

import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
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
import java.util.function.Predicate;

/**
 * The forwards in force. One that is the same before and after a change is not touched, nor are its connections. Changed
 * by one caller at a time, read by any thread.
 */
final class Forwards {

    /** So many are opened at once, while an event loop does little else. */
    private static final int BATCH = 256;

    private final Vertx vertx;
    private final Function<Forward, ForwardSlot> maker;
    private final Set<ForwardSlot> leaving = ConcurrentHashMap.newKeySet();
    private volatile Map<Forward.Key, ForwardSlot> slots = Map.of();

    Forwards(Vertx vertx, Function<Forward, ForwardSlot> maker) {
        this.vertx = vertx;
        this.maker = maker;
    }

    /**
     * Goes over to these rules: what is gone lets go of its sockets first, since something new may need them.
     *
     * @return completes once each new one listens or is known not to; never fails
     */
    Future<Void> apply(List<Forward> rules) {
        Map<Forward.Key, ForwardSlot> before = slots;
        Map<Forward.Key, ForwardSlot> after = new LinkedHashMap<>();
        List<ForwardSlot> fresh = new ArrayList<>();
        for (Forward rule : rules) {
            ForwardSlot slot = before.get(rule.key());
            if (slot == null || (slot.expired() && !slot.rule().equals(rule))) {
                slot = maker.apply(rule);
                fresh.add(slot);
            } else if (!slot.rule().equals(rule)) {
                slot.change(rule);
            }
            after.put(rule.key(), slot);
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
    Future<List<Forward>> makeWay(Collection<InetSocketAddress> wanted, List<Forward> rules) {
        Map<Forward.Key, ForwardSlot> parting = new LinkedHashMap<>(slots);
        rules.forEach(rule -> parting.remove(rule.key()));
        parting.values()
                .removeIf(slot -> slot.rule().protocol() != Protocol.TCP
                        || slot.listening().stream()
                                .noneMatch(own -> own instanceof InetSocketAddress socket
                                        && HttpListeners.overlapsAny(socket, wanted)));
        Map<Forward.Key, ForwardSlot> staying = new LinkedHashMap<>(slots);
        staying.keySet().removeAll(parting.keySet());
        slots = staying;
        List<Forward> gone = parting.values().stream().map(ForwardSlot::rule).toList();
        return release(parting.values()).map(gone);
    }

    Future<Void> restore(List<Forward> gone) {
        Map<Forward.Key, ForwardSlot> all = new LinkedHashMap<>(slots);
        List<ForwardSlot> back = gone.stream().map(maker).toList();
        back.forEach(slot -> all.put(slot.rule().key(), slot));
        slots = all;
        return openAll(back);
    }

    /** @return completes once the last connection of every forward has ended, at the latest when the time is over */
    Future<Void> retireAll(Duration drain) {
        List<ForwardSlot> all = new ArrayList<>(slots.values());
        all.addAll(leaving);
        slots = Map.of();
        return Future.join(all.stream()
                        .map(slot -> leave(slot, slot.retire(drain)))
                        .toList())
                .mapEmpty();
    }

    /** Sessions of UDP are none: nobody waits for their end. */
    int connections() {
        return slots.values().stream()
                .filter(slot -> slot.rule().protocol() == Protocol.TCP)
                .mapToInt(ForwardSlot::connections)
                .sum();
    }

    /** The rules by which other machines get in now. */
    List<Forward> reachable() {
        return slots.values().stream()
                .filter(slot -> slot.rule().bind().open() && !slot.listening().isEmpty())
                .map(ForwardSlot::rule)
                .toList();
    }

    /** Of the rules that are wanted. */
    List<GatewayStatus.ForwardState> states(Predicate<Forward> wanted) {
        return GatewayStatus.ForwardState.folded(
                slots.values().stream().filter(slot -> wanted.test(slot.rule())).map(ForwardSlot::state));
    }

    /** Who has what cannot be had is asked when all others listen. */
    private Future<Void> openAll(List<ForwardSlot> closed) {
        return byBatches(closed, ForwardSlot::bind)
                .compose(tried -> byBatches(
                        closed.stream().filter(ForwardSlot::unexplained).toList(), ForwardSlot::explain));
    }

    private Future<Void> byBatches(List<ForwardSlot> all, Function<ForwardSlot, Future<Void>> step) {
        if (all.size() <= BATCH) {
            return each(all, step);
        }
        Promise<Void> done = Promise.promise();
        byBatches(all, step, done);
        return done.future();
    }

    /** From a worker: a range can have tens of thousands of ports, and the event loops have others to serve meanwhile. */
    private void byBatches(List<ForwardSlot> all, Function<ForwardSlot, Future<Void>> step, Promise<Void> done) {
        List<ForwardSlot> batch = all.subList(0, Math.min(BATCH, all.size()));
        List<ForwardSlot> rest = all.subList(batch.size(), all.size());
        vertx.executeBlocking(() -> each(batch, step)).compose(begun -> begun).onComplete(ended -> {
            if (ended.failed() || rest.isEmpty()) {
                done.handle(ended);
            } else {
                byBatches(rest, step, done);
            }
        });
    }

    private static Future<Void> each(List<ForwardSlot> all, Function<ForwardSlot, Future<Void>> step) {
        return Future.join(all.stream().map(step).toList()).mapEmpty();
    }

    /** Retires them, and completes as soon as their sockets are free. */
    private Future<Void> release(Collection<ForwardSlot> gone) {
        gone.forEach(slot -> leave(slot, slot.retire()));
        return Future.join(gone.stream().map(ForwardSlot::stopAccepting).toList())
                .mapEmpty();
    }

    private Future<Void> leave(ForwardSlot slot, Future<Void> retired) {
        leaving.add(slot);
        return retired.onComplete(ended -> leaving.remove(slot));
    }
}
