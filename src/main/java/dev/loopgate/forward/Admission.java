package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Pace;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Who may come in at a TCP forward, and how many are there. Any thread. */
final class Admission {

    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<InetAddress, Integer> byClient = new ConcurrentHashMap<>();
    private final Pace rate = new Pace();

    /** Puts the limits of a rule in force. */
    void set(Forward.Limits limits) {
        long nanos = limits.connectionRate().per().toNanos();
        int count = limits.connectionRate().count();
        // After a pause as many as the whole time allows: one, and the others of the burst.
        rate.set(count, nanos, count == 0 ? 0 : nanos / count * (count - 1));
    }

    /** @return null where the client is in until it {@link #leave}s; else why it is not */
    @Nullable
    String enter(InetAddress client, Forward.Tcp rule) {
        if (!rule.access().permits(client)) {
            return Addresses.text(client) + " is not allowed";
        }
        Forward.Limits limits = rule.limits();
        String refusal = null;
        if (exceeds(open.incrementAndGet(), limits.connections())) {
            refusal = limits.connections() + " connections are open already";
        }
        if (exceeds(byClient.merge(client, 1, Integer::sum), limits.connectionsPerClient()) && refusal == null) {
            refusal = Addresses.text(client) + " has " + limits.connectionsPerClient() + " connections already";
        }
        if (refusal == null && !rate.allows(1, System.nanoTime())) {
            refusal = "more than " + limits.connectionRate().count() + " new connections in "
                    + words(limits.connectionRate().per());
        }
        if (refusal != null) {
            leave(client);
        }
        return refusal;
    }

    private static boolean exceeds(int count, int limit) {
        return limit > 0 && count > limit;
    }

    private static String words(Duration per) {
        return per.toHours() > 0 ? "an hour" : per.toMinutes() > 0 ? "a minute" : "a second";
    }

    void leave(InetAddress client) {
        open.decrementAndGet();
        byClient.computeIfPresent(client, (address, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }
}
