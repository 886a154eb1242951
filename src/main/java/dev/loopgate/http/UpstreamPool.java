package dev.loopgate.http;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The idle connections of one event loop to one upstream; the one used last is used next. */
final class UpstreamPool {

    /** An idle connection is not used after this long: many servers close theirs after five seconds. */
    static final long MAX_IDLE = 4_000_000_000L;

    /** For a request that must not be sent twice, a connection has to be fresher than this. */
    private static final long FRESH = 1_000_000_000L;

    private static final int MAX_SIZE = 512;

    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>(4);

    /** Takes a live idle connection. */
    @Nullable
    UpstreamConnection take(long now, boolean mustBeFresh) {
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
    }

    void closeAll() {
        UpstreamConnection connection = idle.pollLast();
        while (connection != null) {
            connection.close();
            connection = idle.pollLast();
        }
    }

    boolean isEmpty() {
        return idle.isEmpty();
    }
}
