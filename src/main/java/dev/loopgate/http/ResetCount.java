package dev.loopgate.http;

/**
 * Counts the requests that a client gives up: one after the other, they have work done for nobody (CVE-2023-44487). One that
 * was waited for a while is a deadline that has passed, of which a client may have many. Belongs to the connection's event loop.
 */
final class ResetCount {

    /** How many may be given up at once after they were made, in {@link #PERIOD}. A browser does so when a page is left. */
    private static final int MOST_QUICK = 500;

    /** How many at all: a hundred at once, given up as soon as they are not quick any more, are some 30,000. */
    private static final int MOST = 10_000;

    private static final long QUICK = 100_000_000L;
    private static final long PERIOD = 30_000_000_000L;

    private long since;
    private int quick;
    private int all;

    /** @param now in nanoseconds, as all of them here */
    ResetCount(long now) {
        since = now;
    }

    /** One more; true where that is too much. */
    boolean add(long waited, long now) {
        if (now - since > PERIOD) {
            since = now;
            quick = 0;
            all = 0;
        }
        all++;
        if (waited < QUICK) {
            quick++;
        }
        return quick > MOST_QUICK || all > MOST;
    }
}
