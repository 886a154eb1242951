package dev.loopgate.http;

import org.jspecify.annotations.Nullable;

/** When something last happened in an exchange, against the deadlines of its route. Belongs to one event loop. */
final class Activity {

    private boolean requestSent;
    private long requestSentAt;
    private long last;

    void at(long now) {
        last = now;
    }

    /** All that was here of the request went upstream. */
    void requestSentAt(long now) {
        requestSent = true;
        requestSentAt = now;
        last = now;
    }

    /** @param lastBody when some of the request's body last came */
    @Nullable
    Failure bodyStopped(long now, long lastBody, HttpRoute route) {
        long limit = route.bodyIdleNanos();
        if (limit <= 0 || now - lastBody <= limit) {
            return null;
        }
        return Failure.of(
                FailureCode.BODY_TIMEOUT, "The request's body stopped coming for " + Durations.text(limit) + ".");
    }

    /** For a request that is complete, and not answered yet. */
    @Nullable
    Failure noFirstByte(long now, HttpRoute route, String upstream) {
        long limit = route.firstByteNanos();
        return requestSent && limit > 0 && now - requestSentAt > limit
                ? timedOut(FailureCode.FIRST_BYTE_TIMEOUT, upstream, "did not begin to answer within ", limit)
                : null;
    }

    /** Whether neither side says anything. */
    @Nullable
    Failure silent(long now, long lastBody, HttpRoute route, String upstream) {
        long limit = route.idleNanos();
        return limit > 0 && now - Math.max(last, lastBody) > limit
                ? timedOut(FailureCode.RESPONSE_STALLED, upstream, "and the client were silent for ", limit)
                : null;
    }

    private static Failure timedOut(FailureCode code, String upstream, String what, long nanos) {
        return Failure.of(code, upstream + " " + what + Durations.text(nanos) + ".")
                .withUpstream(upstream);
    }
}
