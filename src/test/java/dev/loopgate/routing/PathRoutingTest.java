package dev.loopgate.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Gen;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathRoutingTest {

    private static final RoutingTable<String> WEB =
            Tables.of(Tables.host("h", "/", "/api", "/api/v2", "/grpc.Echo", "/admin"));

    static java.util.stream.LongStream seeds() {
        return Gen.seeds(60);
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "'', /",
        "*, /",
        "/x, /",
        "/apix, /",
        "/api, /api",
        "/api/, /api",
        "/api/v, /api",
        "/api/v2, /api/v2",
        "/api/v2/x/y, /api/v2",
        "/api/v22, /api",
        "/API, /",
        "/x/api, /",
        "/grpc.Echo/Say, /grpc.Echo",
        "/grpcXEcho/Say, /",
    })
    void the_longest_prefix_on_a_segment_border_wins(String path, String prefix) {
        assertThat(Tables.decide(WEB, "h", path)).isEqualTo("h " + prefix);
    }

    @Test
    void a_path_that_no_route_has_is_unknown() {
        RoutingTable<String> table = Tables.of(Tables.host("h", "/api", "/static"));
        assertThat(Tables.decide(table, "h", "/")).isEqualTo("no path");
        assertThat(Tables.decide(table, "h", "*")).isEqualTo("no path");
        assertThat(Tables.decide(table, "h", "/ap")).isEqualTo("no path");
        assertThat(Tables.decide(table, "h", "/static/x")).isEqualTo("h /static");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/x/../admin",
                "/./admin",
                "//admin",
                "/x/..//admin",
                "///admin/x",
                "/x/%2e%2e/admin",
                "/x/%2E./admin",
                "/x/.%2e/admin",
                "/%2e/admin",
                "/%61dmin",
                "/a%64min/x",
                "/ADM/../adm%69n",
                "/api/../admin",
                "/api/..",
                "/api/x/../..",
                "/api/v2/..",
                "/api/v2/%2e%2e/x",
                "/api//v2",
                "/api/./v2",
                "/api/x/../v2",
                "/..;/admin",
                "/x/..;a=b/admin",
                "/admin;x/y",
                "/;/admin",
                "/x\\..\\admin",
                "/\\admin",
                "/admin\\x",
                "/admin%5cx",
                "/admin%2Fx",
                "/admin%2fx",
                "/x%2f..%2fadmin",
                "/x%2F%2e%2e%2Fadmin",
                "/x/..%2fadmin",
                "/x/..%5Cadmin",
                "/api/x%2F../../v2",
                "/%41pi/../%61pi",
            })
    void a_path_that_another_reading_gives_to_another_route_is_ambiguous(String path) {
        assertThat(Tables.decide(WEB, "h", path)).isEqualTo("ambiguous");
    }

    @ParameterizedTest
    @CsvSource({
        "/a/../b, /",
        "/../../b, /",
        "/a//b, /",
        "/a%2Fb, /",
        "/%zz, /",
        "/a%, /",
        "/a%2, /",
        "/a%20b, /",
        "/.well-known/x, /",
        "/api/a%2Fb, /api",
        "/api/x/../y, /api",
        "/api//x, /api",
        "/api/%78, /api",
        "/api/x;v=1/y, /api",
        "/api/a\\b, /api",
        "/x;v=1/api, /",
        "/x/%2561pi, /",
        "/api/..., /api",
        "/api/..x, /api",
        "/api/.v2, /api",
        "/api/., /api",
    })
    void a_path_that_every_reading_gives_to_the_same_route_goes_there(String path, String prefix) {
        assertThat(Tables.decide(WEB, "h", path)).isEqualTo("h " + prefix);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x/../admin", "//", "/..", "/%2e%2e/%2f", "/;a=b/..;/", "/\\..\\"})
    void a_host_with_one_route_for_everything_has_no_ambiguous_path(String path) {
        assertThat(Tables.decide(Tables.of(Tables.host("h")), "h", path)).isEqualTo("h /");
    }

    @Test
    void leaving_the_only_route_is_ambiguous_too() {
        RoutingTable<String> table = Tables.of(Tables.host("h", "/public"));
        assertThat(Tables.decide(table, "h", "/public/../secret")).isEqualTo("ambiguous");
        assertThat(Tables.decide(table, "h", "/x/../public")).isEqualTo("ambiguous");
        assertThat(Tables.decide(table, "h", "/public/./x")).isEqualTo("h /public");
        assertThat(table.decide("h", "/public/../secret")).isEqualTo(new RouteDecision.AmbiguousPath<>("/secret"));
    }

    @Test
    void a_prefix_that_needs_escapes_matches_as_clients_send_it() {
        RoutingTable<String> table = Tables.of(Tables.host("h", "/", "/café", "/a b", "/p%2Fq", "/m;v=1"));
        assertThat(table.decide("h", "/caf%C3%A9/x")).isInstanceOfSatisfying(RouteDecision.Matched.class, matched -> {
            assertThat(matched.handler()).isEqualTo("h /café");
            assertThat(matched.prefixLength()).isEqualTo("/caf%C3%A9".length());
        });
        assertThat(Tables.decide(table, "h", "/caf%c3%a9")).isEqualTo("ambiguous");
        assertThat(Tables.decide(table, "h", "/café")).isEqualTo("ambiguous");
        assertThat(Tables.decide(table, "h", "/a%20b")).isEqualTo("h /a b");
        assertThat(Tables.decide(table, "h", "/p%2Fq/r")).isEqualTo("h /p%2Fq");
        assertThat(Tables.decide(table, "h", "/p%2fq/r")).isEqualTo("ambiguous");
        assertThat(Tables.decide(table, "h", "/m;v=1/r")).isEqualTo("h /m;v=1");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void plain_paths_agree_with_a_naive_reading_of_the_rules(long seed) {
        Gen gen = new Gen(seed);
        Set<String> prefixes = new LinkedHashSet<>(gen.list(1, 12, () -> prefix(gen)));
        RoutingTable<String> table = Tables.of(Tables.host("h", prefixes.toArray(String[]::new)));
        for (int i = 0; i < 200; i++) {
            String path = prefix(gen) + (gen.onceIn(3) ? "/" : "");
            assertThat(Tables.decide(table, "h", path))
                    .as("%s among %s", path, prefixes)
                    .isEqualTo(naive(prefixes, path));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_path_gets_past_a_server_that_normalises(long seed) {
        Gen gen = new Gen(seed);
        Set<String> prefixes = new LinkedHashSet<>(gen.list(1, 5, () -> prefix(gen)));
        RoutingTable<String> table = Tables.of(Tables.host("h", prefixes.toArray(String[]::new)));
        for (int i = 0; i < 300; i++) {
            String path = "/" + gen.text(0, 9, "ab/") + gen.oneOf("", "/..", "/.", "//", "/%2e%2E/", "/%61", "/..%2f")
                    + gen.text(0, 4, "ab/.");
            String decision = Tables.decide(table, "h", path);
            if (!decision.equals("ambiguous")) {
                assertThat(decision).as("%s among %s", path, prefixes).isEqualTo(naive(prefixes, path));
                assertThat(decision).as("%s among %s", path, prefixes).isEqualTo(naive(prefixes, normalise(path)));
            }
        }
    }

    private static String prefix(Gen gen) {
        return "/" + String.join("/", gen.list(0, 3, () -> gen.oneOf("a", "b", "ab", "aa")));
    }

    private static String naive(Set<String> prefixes, String path) {
        return prefixes.stream()
                .filter(prefix -> prefix.equals("/") || path.equals(prefix) || path.startsWith(prefix + "/"))
                .max(Comparator.comparingInt(String::length))
                .map(prefix -> "h " + prefix)
                .orElse("no path");
    }

    /** As most servers do: decode, merge slashes, resolve dot segments. */
    private static String normalise(String path) {
        String decoded = path.replaceAll("(?i)%2e", ".").replace("%61", "a").replaceAll("(?i)%2f", "/");
        Deque<String> kept = new ArrayDeque<>();
        for (String segment : Arrays.asList(decoded.split("/", -1))) {
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.add(segment);
            }
        }
        return "/" + String.join("/", kept);
    }
}
