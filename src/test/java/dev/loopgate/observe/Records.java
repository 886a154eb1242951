package dev.loopgate.observe;

import java.time.Instant;

/** Records for tests. */
final class Records {

    static final Instant NOON = Instant.parse("2026-05-04T12:00:00.120Z");

    private Records() {}

    static ExchangeRecord of(String target) {
        return with("app.localhost:62893", target, 200, "localhost:3000", "");
    }

    static ExchangeRecord with(String host, String target, int status, String upstream, String error) {
        return new ExchangeRecord(
                NOON,
                "127.0.0.1:50000",
                "GET",
                "http",
                host,
                target,
                "HTTP/1.1",
                status,
                0,
                1234,
                1_834_567,
                upstream,
                error);
    }
}
