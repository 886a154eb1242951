package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.http.Failure.ListedHost;
import dev.loopgate.http.FailurePage.Format;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a failure looks like to browsers, programs and terminals. */
class FailurePageTest {

    private static final Failure REFUSED = Failure.of(
                    FailureCode.CONNECTION_REFUSED, "Nothing listens on localhost:3000.")
            .withFix("Start it.")
            .withRequest("GET", "app.localhost:62893", "/x?y=1")
            .withUpstream("http://localhost:3000");

    private static final Failure START = Failure.of(FailureCode.UNKNOWN_HOST, "No host is called localhost.")
            .withFix("Add it.")
            .withRequest("GET", "localhost:62893", "/");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                              | TEXT
            */*                                                             | TEXT
            text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | HTML
            application/xhtml+xml                                           | HTML
            TEXT/HTML                                                       | HTML
            text/html;level=1                                               | HTML
            text/html;q=0                                                   | TEXT
            text/html;q=0, */*                                              | TEXT
            text/html;q=0.5, */*;q=0.1                                      | HTML
            text/html;q=0.1, text/plain                                     | TEXT
            text/plain, text/html                                           | HTML
            text/*                                                          | TEXT
            application/json                                                | JSON
            application/problem+json                                        | JSON
            application/json, text/plain, */*                               | JSON
            application/json;q=0.2, text/html                               | HTML
            text/html, application/json                                     | HTML
            application/json, text/html                                     | JSON
            application/json;q=0                                            | TEXT
            image/avif,image/webp,*/*;q=0.8                                 | TEXT
            text/html;q=oops                                                | TEXT
            text/html;q=1.001                                               | TEXT
            text/html ; Q=0.9 , application/json;q=0.3                      | HTML
            ;;,,,                                                           | TEXT
            """)
    void the_form_is_the_one_that_the_accept_field_weighs_most(String accept, Format expected) {
        assertThat(FailurePage.choose(accept == null ? "" : accept)).isEqualTo(expected);
    }

    @Test
    void text_is_one_line_that_says_what_happened_and_what_to_do() {
        assertThat(text(REFUSED, Format.TEXT, true))
                .isEqualTo("502 connection-refused: Nothing listens on localhost:3000. Start it.\n");
    }

    @Test
    void text_stays_one_line_whatever_the_cause_holds() {
        Failure failure = Failure.of(FailureCode.UNKNOWN_HOST, "No \u001b[31mhost\r\nX: y\u009b.");

        assertThat(text(failure, Format.TEXT, true).strip())
                .doesNotContainPattern("\\p{Cntrl}")
                .doesNotContain("\u009b");
    }

    @Test
    void text_names_the_nearest_hosts() {
        Failure failure = Failure.of(FailureCode.UNKNOWN_HOST, "No host is called ap.localhost.")
                .withNearest(List.of("app.localhost", "api.localhost"));

        assertThat(text(failure, Format.TEXT, true)).contains("Did you mean app.localhost or api.localhost?");
    }

    @Test
    void json_has_the_documented_members() {
        JsonObject object = new JsonObject(text(
                REFUSED.withHosts(List.of(new ListedHost("a.localhost", "http://localhost:1"))), Format.JSON, true));

        assertThat(object.getMap().keySet())
                .containsExactly(
                        "status",
                        "code",
                        "title",
                        "cause",
                        "fix",
                        "method",
                        "host",
                        "target",
                        "upstream",
                        "nearest",
                        "diagnosis",
                        "hosts");
        assertThat(object.getInteger("status")).isEqualTo(502);
        assertThat(object.getString("code")).isEqualTo("connection-refused");
        assertThat(object.getString("upstream")).isEqualTo("http://localhost:3000");
        assertThat(object.getJsonArray("hosts").getJsonObject(0).getString("name"))
                .isEqualTo("a.localhost");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void a_stranger_gets_the_bare_status_and_code(Format format) {
        Failure failure = REFUSED.withNearest(List.of("near.localhost"))
                .withHosts(List.of(new ListedHost("listed.localhost", "http://localhost:1")));

        assertThat(text(failure, format, false))
                .contains("502", "connection-refused")
                .doesNotContain("localhost", "Nothing listens", "Start it", "3000", "/x");
    }

    @ParameterizedTest
    @EnumSource(FailureCode.class)
    void a_stranger_who_opens_the_page_of_any_code_learns_no_name(FailureCode code) {
        Failure failure = Failure.of(code, "Secret cause.")
                .withRequest("GET", "localhost:62893", "/secret")
                .withHosts(List.of(new ListedHost("listed.localhost", "http://localhost:1")));

        assertThat(text(failure, Format.HTML, false)).doesNotContain("ecret", "listed", "62893");
    }

    @ParameterizedTest
    @EnumSource(FailureCode.class)
    void html_escapes_whatever_came_from_outside(FailureCode code) {
        String evil = "\"'><script>alert(1)</script>&amp;";
        Failure failure = Failure.of(code, evil)
                .withFix(evil)
                .withRequest(evil, evil, "/" + evil)
                .withUpstream(evil)
                .withNearest(List.of(evil))
                .withHosts(List.of(new ListedHost(evil, evil)));

        assertThat(text(failure, Format.HTML, true))
                .doesNotContain("<script>alert", "\"'>", "&amp;amp;amp;")
                .contains("&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;");
    }

    @ParameterizedTest
    @EnumSource(FailureCode.class)
    void html_loads_nothing_and_runs_only_what_its_policy_names(FailureCode code) throws Exception {
        FailurePage page = FailurePage.of(Failure.of(code, "Cause.").withRequest("GET", "a:1", "/"), Format.HTML, true);
        String html = new String(page.body(), StandardCharsets.UTF_8);
        String policy = field(page, "Content-Security-Policy");

        assertThat(html).doesNotContainPattern("(?i)(src|href)=\"?https?:").doesNotContain("style=\"", "onclick");
        assertThat(policy).startsWith("default-src 'none';").doesNotContain("unsafe");
        Matcher inline =
                Pattern.compile("<(style|script)>(.*?)</\\1>", Pattern.DOTALL).matcher(html);
        while (inline.find()) {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(inline.group(2).getBytes(StandardCharsets.UTF_8));
            assertThat(policy)
                    .contains(inline.group(1) + "-src 'sha256-"
                            + Base64.getEncoder().encodeToString(digest) + "'");
        }
        assertThat(html.contains("<script>")).isEqualTo(code == FailureCode.STARTING);
        assertThat(html).doesNotContain("{{", "}}", "<!--");
    }

    @Test
    void nearest_names_are_links_that_keep_port_path_and_query() {
        Failure failure = Failure.of(FailureCode.UNKNOWN_HOST, "No host is called ap.localhost.")
                .withRequest("GET", "ap.localhost:62893", "/x?y=1&z=2")
                .withNearest(List.of("app.localhost"));

        assertThat(text(failure, Format.HTML, true))
                .contains("href=\"//app.localhost:62893/x?y=1&amp;z=2\"", "href=\"//localhost:62893/\"");
    }

    @ParameterizedTest
    @CsvSource({"localhost:62893", "LOCALHOST", "127.0.0.1:62893", "127.8.9.1", "[::1]:62893", "localhost.:1"})
    void the_gateways_own_names_show_the_start_page_with_links(String authority) {
        Failure failure = START.withRequest("GET", authority, "/")
                .withHosts(List.of(
                        new ListedHost("app.localhost", "http://localhost:3000"),
                        new ListedHost("*.shop.localhost", "http://localhost:4000")));
        String port = authority.replaceFirst("^(\\[.*]|[^:]*)", "");

        assertThat(text(failure, Format.HTML, true))
                .contains("Loopgate is running", "href=\"//app.localhost" + port + "/\"", "<b>*.shop.localhost</b>")
                .doesNotContain("//*.shop");
        assertThat(text(failure, Format.TEXT, true))
                .isEqualTo("404 unknown-host: Loopgate is running. Hosts: app.localhost, *.shop.localhost.\n");
    }

    @Test
    void the_start_page_of_an_empty_gateway_says_how_to_add_a_host() {
        assertThat(text(START, Format.HTML, true))
                .contains("app.localhost: 3000", "http://app.localhost:62893/")
                .doesNotContain("<ul class=\"hosts\">");
        assertThat(text(START, Format.TEXT, true)).contains("No host is set up yet");
    }

    @Test
    void the_start_page_of_very_many_hosts_stays_small() {
        Failure failure = START.withHosts(IntStream.range(0, 10_000)
                .mapToObj(i -> new ListedHost("h" + i + ".localhost", "http://localhost:1"))
                .toList());

        assertThat(text(failure, Format.HTML, true)).contains("And 9500 more.").hasSizeLessThan(100_000);
        assertThat(text(failure, Format.TEXT, true)).contains("and 9980 more.").hasSizeLessThan(1000);
    }

    @Test
    void the_waiting_page_names_the_cause_and_asks_to_be_tried_again_in_a_second() {
        Failure failure = Failure.of(FailureCode.STARTING, "Nothing listens on localhost:3000.")
                .withRequest("GET", "app.localhost:62893", "/");
        FailurePage page = FailurePage.of(failure, Format.HTML, true);

        assertThat(field(page, "Retry-After")).isEqualTo("1");
        assertThat(field(page, "X-Loopgate-Error")).isEqualTo("starting");
        assertThat(field(page, "Cache-Control")).isEqualTo("no-store");
        assertThat(field(page, "Content-Security-Policy")).contains("connect-src 'self'");
        assertThat(new String(page.body(), StandardCharsets.UTF_8))
                .contains(
                        "Waiting for app.localhost",
                        "Nothing listens on localhost:3000.",
                        "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>");
    }

    @Test
    void a_very_long_target_is_cut_short_for_people() {
        Failure failure = REFUSED.withRequest("GET", "app.localhost", "/" + "x".repeat(60_000));

        assertThat(text(failure, Format.HTML, true)).hasSizeLessThan(20_000);
    }

    private static String text(Failure failure, Format format, boolean detailed) {
        return new String(FailurePage.of(failure, format, detailed).body(), StandardCharsets.UTF_8);
    }

    private static String field(FailurePage page, String name) {
        return page.fields().stream()
                .filter(field -> field.getKey().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }
}
