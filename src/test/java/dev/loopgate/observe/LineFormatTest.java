package dev.loopgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LineFormatTest {

    @Test
    void short_line_tells_time_status_duration_size_name_and_upstream() {
        assertThat(shortLine(Records.of("/index.html?a=b")))
                .isEqualTo(
                        "12:00:00.120 200    1.8ms   1.2KiB GET  app.localhost:62893/index.html?a=b -> localhost:3000\n");
    }

    @Test
    void short_line_names_the_failure() {
        assertThat(shortLine(Records.with("a.localhost", "/", 502, "localhost:3000", "upstream-refused")))
                .endsWith("GET  a.localhost/ -> localhost:3000 upstream-refused\n");
        assertThat(shortLine(Records.with("a.localhost", "/", 0, "", "client-gone")))
                .startsWith("12:00:00.120 ---");
    }

    @Test
    void short_lines_stay_aligned_for_durations_and_sizes_of_every_magnitude() {
        for (long nanos = 1; nanos < 1L << 52; nanos *= 7) {
            for (long bytes = 1; bytes < 1L << 43; bytes *= 9) {
                ExchangeRecord exchange = new ExchangeRecord(
                        Records.NOON, "c", "GET", "http", "h", "/", "HTTP/1.1", 200, 0, bytes, nanos, "", "");
                assertThat(shortLine(exchange)).matches("12:00:00.120 200[ 0-9a-zA-Z.]{18} GET  h/\n");
            }
        }
    }

    @Test
    void short_line_shows_control_characters_instead_of_sending_them_to_the_terminal() {
        String line = shortLine(Records.with("a\u001b[2J", "/\u0007\r\n\u009b31m\u202e", 200, "", ""));
        assertThat(line).contains("a\\u001b[2J/\\u0007\\u000d\\u000a\\u009b31m\\u202e");
        assertThat(line.chars().filter(Character::isISOControl)).containsExactly((int) '\n');
    }

    @Test
    void short_line_cuts_a_huge_target() {
        assertThat(shortLine(Records.of("/" + "x".repeat(60_000))))
                .hasSizeLessThan(500)
                .contains("...(59701 more)");
    }

    @Test
    void colours_are_only_there_where_they_are_wanted() {
        StringBuilder out = new StringBuilder();
        new ShortLines(true, ZoneOffset.UTC).append(out, Records.with("a", "/", 503, "u", "e"));
        assertThat(out).contains("\u001b[31m503\u001b[0m");
        assertThat(shortLine(Records.of("/"))).doesNotContain("\u001b");
    }

    @Test
    void json_line_is_one_object_with_every_field() {
        JsonObject json = new JsonObject(jsonLine(Records.with("a", "/x", 502, "localhost:1", "upstream-refused")));
        assertThat(json.getMap())
                .containsEntry("time", "2026-05-04T12:00:00.120Z")
                .containsEntry("client", "127.0.0.1:50000")
                .containsEntry("method", "GET")
                .containsEntry("scheme", "http")
                .containsEntry("host", "a")
                .containsEntry("target", "/x")
                .containsEntry("protocol", "HTTP/1.1")
                .containsEntry("status", 502)
                .containsEntry("requestBytes", 0)
                .containsEntry("responseBytes", 1234)
                .containsEntry("durationMillis", 1.834)
                .containsEntry("upstream", "localhost:1")
                .containsEntry("error", "upstream-refused")
                .hasSize(13);
    }

    @Test
    void json_line_survives_quotes_controls_and_unpaired_surrogates() {
        String hostile = "/\"\\\u0000\n\u2028\ud800é";
        String line = jsonLine(Records.with("h", hostile, 200, "", ""));
        assertThat(line.chars().filter(c -> c == '\n')).hasSize(1);
        assertThat(new JsonObject(line).getString("target")).isEqualTo(hostile);
        assertThat(new JsonObject(line).getMap()).doesNotContainKeys("upstream", "error");
    }

    @Test
    void secrets_in_a_query_are_not_written() {
        assertThat(new Redaction().of("/cb?code=1&access_token=abc&Password=x=y&z=&token="))
                .isEqualTo("/cb?code=1&access_token=***&Password=***&z=&token=");
        assertThat(new Redaction().of("/a?token=abc")).isEqualTo("/a?token=***");
        assertThat(new Redaction().of("/a?b&&=c&q=token")).isEqualTo("/a?b&&=c&q=token");
    }

    @Test
    void what_was_dropped_is_said() {
        StringBuilder out = new StringBuilder();
        new JsonLines().appendDropped(out, Instant.EPOCH, 3);
        assertThat(new JsonObject(out.toString()).getInteger("dropped")).isEqualTo(3);
        out.setLength(0);
        new ShortLines(false, ZoneOffset.UTC).appendDropped(out, Instant.EPOCH, 1);
        assertThat(out).startsWith("00:00:00.000 1 exchange is missing here");
    }

    private static String shortLine(ExchangeRecord exchange) {
        StringBuilder out = new StringBuilder();
        new ShortLines(false, ZoneOffset.UTC).append(out, exchange);
        return out.toString();
    }

    private static String jsonLine(ExchangeRecord exchange) {
        StringBuilder out = new StringBuilder();
        new JsonLines().append(out, exchange);
        return out.toString();
    }
}
