package dev.loopgate.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections of one event loop to one upstream that another exchange can use; of idle ones the one used last is used next. */
final class UpstreamPool {

    /** An idle connection is not used after this long: many servers close theirs after five seconds. */
    static final long MAX_IDLE = 4_000_000_000L;

    /** For a request that must not be sent twice, a connection has to be fresher than this. */
    private static final long FRESH = 1_000_000_000L;

    private static final int MAX_SIZE = 512;

    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>(4);
    private final List<Http2UpstreamConnection> shared = new ArrayList<>(0);
    private final List<UpstreamDial> begun = new ArrayList<>(0);

    /**
     * A live connection: one of HTTP/2 that has room, or an idle one.
     *
     * @param mustBeFresh whether it is to have been used just now
     * @param upgrade whether it is to be one of HTTP/1.1
     */
    @Nullable
    UpstreamLink take(long now, boolean mustBeFresh, boolean upgrade) {
        for (int i = upgrade ? -1 : shared.size() - 1; i >= 0; i--) {
            Http2UpstreamConnection connection = shared.get(i);
            if (connection.hasRoom() && connection.idleFor(now) < (mustBeFresh ? FRESH : MAX_IDLE)) {
                return connection.open();
            }
        }
        while (true) {
            UpstreamConnection connection = idle.peekLast();
            if (connection == null) {
                return null;
            }
            if (connection.usable(now)) {
                if (mustBeFresh && connection.idleFor(now) >= FRESH) {
                    return null;
                }
                idle.pollLast();
                return connection;
            }
            idle.pollLast();
            connection.close();
        }
    }

    /** One that is being made and takes one exchange more, which would wait for so long. */
    @Nullable
    UpstreamDial joinable(Duration limit) {
        for (UpstreamDial dial : begun) {
            if (dial.takes(limit)) {
                return dial;
            }
        }
        return null;
    }

    void begin(UpstreamDial dial) {
        begun.add(dial);
    }

    void end(UpstreamDial dial) {
        begun.remove(dial);
    }

    /** Others may use this connection, too. */
    void share(Http2UpstreamConnection connection) {
        shared.add(connection);
    }

    void unshare(Http2UpstreamConnection connection) {
        shared.remove(connection);
    }

    void put(UpstreamConnection connection) {
        if (idle.size() >= MAX_SIZE) {
            connection.close();
        } else {
            idle.addLast(connection);
        }
    }

    void remove(UpstreamConnection connection) {
        idle.remove(connection);
    }

    /** Closes what has been idle for too long; the oldest stand first. */
    void sweep(long now) {
        UpstreamConnection connection = idle.peekFirst();
        while (connection != null && !connection.usable(now)) {
            idle.pollFirst();
            connection.close();
            connection = idle.peekFirst();
        }
        if (!shared.isEmpty()) {
            List.copyOf(shared).forEach(one -> one.sweep(now));
        }
    }

    void closeAll() {
        UpstreamConnection connection = idle.pollLast();
        while (connection != null) {
            connection.close();
            connection = idle.pollLast();
        }
        List.copyOf(shared).forEach(Http2UpstreamConnection::close);
    }

    boolean isEmpty() {
        return idle.isEmpty() && shared.isEmpty();
    }
}
