package dev.loopgate.net;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket on which QUIC is spoken, with all its connections, which end with it. What changes is its event loop's; the
 * public methods may be called by any thread.
 */
public final class QuicListener {

    /** Of how many parts of a full socket one client may have one. */
    private static final int SHARES = 8;

    private final EventLoop loop;
    private final int most;
    private final Map<InetAddress, Integer> ofClient = new HashMap<>();
    private final Set<QuicChannel> connections = new HashSet<>();
    private volatile @Nullable Listener socket;
    private @Nullable Promise<Void> retiring;
    private boolean accepting = true;
    private boolean closed;

    /** Told to each connection of a socket that is to be closed, as a user event: what has begun may be finished. */
    public enum Retired {
        RETIRED
    }

    QuicListener(EventLoop loop, int most) {
        this.loop = loop;
        this.most = most;
    }

    void bound(Listener listener) {
        socket = listener;
    }

    /** As bound. */
    public InetSocketAddress address() {
        Listener own = socket;
        if (own == null) {
            throw new IllegalStateException("not bound");
        }
        return (InetSocketAddress) own.address();
    }

    /** Whether another connection may begin, of that client. On the loop. */
    boolean accepts(InetSocketAddress client) {
        if (!accepting || connections.size() >= most) {
            return false;
        }
        // Half of them are for whoever comes; of the rest, none has more than its share.
        return connections.size() < most / 2 || ofClient.getOrDefault(client.getAddress(), 0) < most / SHARES;
    }

    /** On the loop. */
    void add(QuicChannel connection) {
        connections.add(connection);
        InetAddress client = ((InetSocketAddress) connection.remoteSocketAddress()).getAddress();
        ofClient.merge(client, 1, Integer::sum);
        connection.closeFuture().addListener(over -> {
            connections.remove(connection);
            ofClient.computeIfPresent(client, (address, count) -> count == 1 ? null : count - 1);
            if (connections.isEmpty() && retiring != null) {
                shut();
            }
        });
    }

    /**
     * Accepts nothing more and closes once its connections have ended.
     *
     * @param drain how long they may take
     * @return completes once the address is free, or it accepts again
     */
    public Future<Void> retire(Duration drain) {
        Promise<Void> over = Promise.promise();
        loop.execute(() -> {
            if (closed || retiring != null) {
                over.complete();
                return;
            }
            accepting = false;
            retiring = over;
            List.copyOf(connections)
                    .forEach(connection -> connection.pipeline().fireUserEventTriggered(Retired.RETIRED));
            if (connections.isEmpty()) {
                shut();
            } else {
                loop.schedule(
                        () -> {
                            if (retiring == over) {
                                shut();
                            }
                        },
                        drain.toMillis(),
                        TimeUnit.MILLISECONDS);
            }
        });
        return over.future();
    }

    /** Takes {@link #retire} back: whether it was in time. */
    public Future<Boolean> resume() {
        Promise<Boolean> resumed = Promise.promise();
        loop.execute(() -> {
            Promise<Void> over = retiring;
            if (!closed && over != null) {
                retiring = null;
                accepting = true;
                over.complete();
            }
            resumed.complete(!closed);
        });
        return resumed.future();
    }

    /** Closes it with every connection. */
    public Future<Void> close() {
        Promise<Void> over = Promise.promise();
        loop.execute(() -> shut().onComplete(over));
        return over.future();
    }

    private Future<Void> shut() {
        Promise<Void> asked = retiring;
        Listener own = socket;
        closed = true;
        accepting = false;
        retiring = null;
        List.copyOf(connections).forEach(QuicChannel::close);
        Future<Void> free = own == null ? Future.succeededFuture() : own.close();
        return asked == null ? free : free.onComplete(asked);
    }
}
