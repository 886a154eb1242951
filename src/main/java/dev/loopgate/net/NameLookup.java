package dev.loopgate.net;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the system's resolver, on a worker: an event loop must not wait for DNS. Questions for one name share the lookup
 * that is under way, so that a slow name server takes one worker and not all of them.
 */
final class NameLookup {

    private final Executor workers;
    private final ConcurrentHashMap<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();

    NameLookup(Executor workers) {
        this.workers = workers;
    }

    /** @param done runs on the loop, with addresses of alternating families, or why there are none */
    void resolve(EventLoop loop, String host, BiConsumer<@Nullable List<InetAddress>, @Nullable Throwable> done) {
        CompletableFuture<List<InetAddress>> fresh = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> shared = underWay.putIfAbsent(host, fresh);
        (shared == null ? fresh : shared).whenCompleteAsync(done, loop);
        if (shared != null) {
            return;
        }
        try {
            workers.execute(() -> lookUp(host, fresh));
        } catch (RuntimeException shutDown) {
            underWay.remove(host, fresh);
            fresh.completeExceptionally(shutDown);
        }
    }

    private void lookUp(String host, CompletableFuture<List<InetAddress>> result) {
        try {
            List<InetAddress> found = alternating(List.of(InetAddress.getAllByName(host)));
            underWay.remove(host, result);
            result.complete(found);
        } catch (UnknownHostException | RuntimeException e) {
            underWay.remove(host, result);
            result.completeExceptionally(e);
        }
    }

    /** The system's order, but with the families by turns, so that one dead family costs little (RFC 8305 §4). */
    static List<InetAddress> alternating(List<InetAddress> found) {
        ArrayDeque<InetAddress> same = new ArrayDeque<>();
        ArrayDeque<InetAddress> other = new ArrayDeque<>();
        int family = found.get(0).getAddress().length;
        for (InetAddress address : found) {
            (address.getAddress().length == family ? same : other).add(address);
        }
        List<InetAddress> mixed = new ArrayList<>(found.size());
        while (!same.isEmpty() || !other.isEmpty()) {
            if (!same.isEmpty()) {
                mixed.add(same.remove());
            }
            if (!other.isEmpty()) {
                mixed.add(other.remove());
            }
        }
        return mixed;
    }
}
