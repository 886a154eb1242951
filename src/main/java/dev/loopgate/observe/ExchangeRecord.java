package dev.loopgate.observe;

import java.time.Instant;

/**
 * What happened in one exchange: one request and its answer, or a tunnel from its upgrade to its end.
 *
 * @param start when the first byte of the request was read
 * @param client the peer's address and port, as text
 * @param method as sent; {@code -} where the request could not be read
 * @param scheme {@code http} or {@code https}, as the client sees it
 * @param host the authority as sent; empty where there was none
 * @param target path and query as sent
 * @param protocol {@code HTTP/1.1} and the like
 * @param status what the client was sent; 0 where it got no answer
 * @param requestBytes bytes of the request's body
 * @param responseBytes bytes of the answer's body that were sent
 * @param durationNanos from {@code start} to the end of the answer, in nanoseconds
 * @param upstream the upstream's address; empty where none was asked
 * @param error the code of {@code X-Loopgate-Error}; empty where nothing failed
 */
public record ExchangeRecord(
        Instant start,
        String client,
        String method,
        String scheme,
        String host,
        String target,
        String protocol,
        int status,
        long requestBytes,
        long responseBytes,
        long durationNanos,
        String upstream,
        String error) {

    /** Characters that came from outside: what the record weighs in a queue. */
    int weight() {
        return method.length() + host.length() + target.length();
    }
}
