package dev.loopgate.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.VirtualHost;
import dev.loopgate.testkit.Gen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HostRoutingTest {

    private static final RoutingTable<String> TABLE = Tables.of(
            Tables.host("app.localhost"),
            Tables.host("*.shop.localhost"),
            Tables.host("eu.shop.localhost"),
            Tables.host("*.eu.shop.localhost"),
            Tables.host("[::1]"),
            Tables.host("127.0.0.1"));

    private static final RoutingTable<String> WITH_ANY = Tables.of(Tables.host("app.localhost"), Tables.host("*"));

    static java.util.stream.LongStream seeds() {
        return Gen.seeds(60);
    }

    @ParameterizedTest
    @CsvSource({
        "app.localhost, app.localhost /",
        "APP.LocalHost, app.localhost /",
        "app.localhost., app.localhost /",
        "app.localhost.., no host",
        "xapp.localhost, no host",
        "app.localhostx, no host",
        "a.app.localhost, no host",
        "app_localhost, no host",
        "localhost, no host",
        "shop.localhost, no host",
        "a.shop.localhost, *.shop.localhost /",
        "A.B.C.Shop.localhost, *.shop.localhost /",
        "a.shop.localhost., *.shop.localhost /",
        ".shop.localhost, no host",
        "xshop.localhost, no host",
        "eu.shop.localhost, eu.shop.localhost /",
        "a.eu.shop.localhost, *.eu.shop.localhost /",
        "a.b.eu.shop.localhost, *.eu.shop.localhost /",
        "[::1], [::1] /",
        "[::2], no host",
        "::1, no host",
        "127.0.0.1, 127.0.0.1 /",
        "'', no host",
        "., no host",
    })
    void finds_the_most_specific_pattern(String host, String expected) {
        assertThat(Tables.decide(TABLE, host, "/")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"app.localhost, app.localhost /", "other, * /", "a.b.c, * /", "'', no host", "., no host"})
    void any_takes_every_other_name_but_not_a_missing_one(String host, String expected) {
        assertThat(Tables.decide(WITH_ANY, host, "/")).isEqualTo(expected);
    }

    @Test
    void looks_only_at_the_ranges_it_is_given() {
        byte[] bytes = "xxapp.localhost:80/pathyy".getBytes(StandardCharsets.US_ASCII);
        assertThat(TABLE.decide(bytes, 2, 15, 18, 23)).isInstanceOf(RouteDecision.Matched.class);
        assertThat(TABLE.decide(bytes, 1, 15, 18, 23)).isInstanceOf(RouteDecision.UnknownHost.class);
        assertThat(TABLE.decide(bytes, 2, 14, 18, 23)).isInstanceOf(RouteDecision.UnknownHost.class);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void agrees_with_a_naive_reading_of_the_rules(long seed) {
        Gen gen = new Gen(seed);
        Set<String> patterns = new LinkedHashSet<>(gen.list(1, 40, () -> pattern(gen)));
        RoutingTable<String> table =
                Tables.of(patterns.stream().map(Tables::host).toList());
        for (int i = 0; i < 200; i++) {
            String host = name(gen);
            assertThat(Tables.decide(table, host, "/"))
                    .as("%s among %s", host, patterns)
                    .isEqualTo(naive(patterns, host));
        }
    }

    @Test
    void ten_thousand_hosts_are_each_found_and_nothing_else() {
        List<VirtualHost> hosts = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            hosts.add(Tables.host(i % 5 == 0 ? "*.w" + i + ".localhost" : "h" + i + ".localhost"));
        }
        RoutingTable<String> table = Tables.of(hosts);
        for (int i = 0; i < 10_000; i++) {
            String name = i % 5 == 0 ? "any.w" + i + ".localhost" : "h" + i + ".localhost";
            assertThat(Tables.decide(table, name, "/x")).isEqualTo(hosts.get(i).pattern() + " /");
            assertThat(Tables.decide(table, "z" + name, "/x"))
                    .isEqualTo(i % 5 == 0 ? "*.w" + i + ".localhost /" : "no host");
        }
        assertThat(table.hosts()).hasSize(10_000);
    }

    @Test
    void a_lookup_allocates_nothing() {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        RoutingTable<String> table = Tables.of(
                Tables.host("app.localhost", "/", "/api", "/api/v2"),
                Tables.host("*.shop.localhost"),
                Tables.host("*"));
        byte[] bytes = "a.shop.localhostAPP.localhostnobody/api/v2/items/7".getBytes(StandardCharsets.US_ASCII);
        int path = "a.shop.localhostAPP.localhostnobody".length();
        int[][] names = {{0, 16}, {16, 29}, {29, 35}};
        int matched = 0;
        long allocated = Long.MAX_VALUE;
        // The first rounds load classes; what counts is that rounds without any allocation follow.
        for (int round = 0; round < 50 && allocated > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                int[] name = names[i % 3];
                if (table.decide(bytes, name[0], name[1], path, bytes.length) instanceof RouteDecision.Matched) {
                    matched++;
                }
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(matched).isPositive();
        assertThat(allocated).isZero();
    }

    private static String pattern(Gen gen) {
        return gen.onceIn(25)
                ? "*"
                : gen.onceIn(2)
                        ? "*." + name(gen).toLowerCase(Locale.ROOT)
                        : name(gen).toLowerCase(Locale.ROOT);
    }

    private static String name(Gen gen) {
        return String.join(".", gen.list(1, 4, () -> gen.oneOf("a", "b", "ab", "B", "shop")));
    }

    private static String naive(Set<String> patterns, String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (patterns.contains(name)) {
            return name + " /";
        }
        return patterns.stream()
                .filter(pattern -> pattern.startsWith("*.") && name.endsWith(pattern.substring(1)))
                .max(java.util.Comparator.comparingInt(String::length))
                .or(() -> patterns.stream().filter("*"::equals).findAny())
                .map(pattern -> pattern + " /")
                .orElse("no host");
    }
}
