package dev.loopgate.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.VirtualHost;
import dev.loopgate.testkit.Gen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NearestNamesTest {

    static java.util.stream.LongStream seeds() {
        return Gen.seeds(40);
    }

    @Test
    void names_what_was_probably_meant_the_closest_first() {
        RoutingTable<String> table = Tables.of(
                Tables.host("app.localhost"),
                Tables.host("api.localhost"),
                Tables.host("apps.localhost"),
                Tables.host("*.app.localhost"),
                Tables.host("docs.localhost"));
        assertThat(table.nearest("app.locahlost", 3))
                .containsExactly("app.localhost", "api.localhost", "apps.localhost");
        assertThat(table.nearest("APPP.localhost", 1)).containsExactly("app.localhost");
        assertThat(table.nearest("docs.local", 3)).containsExactly("docs.localhost");
        assertThat(table.nearest("docs", 3)).containsExactly("docs.localhost");
        assertThat(table.nearest("zzzzzz.example", 3)).isEmpty();
        assertThat(table.nearest("", 3)).isEmpty();
        assertThat(table.nearest("a".repeat(60_000), 3)).isEmpty();
    }

    @Test
    void ten_thousand_long_names_are_searched_at_once() {
        List<VirtualHost> hosts = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            hosts.add(Tables.host("service-with-a-long-name-" + i + ".localhost"));
        }
        assertThat(Tables.of(hosts).nearest("service-with-a-long-name-77777.localhost", 2))
                .containsExactly("service-with-a-long-name-7777.localhost", "service-with-a-long-name-1777.localhost");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_closest_of_many_names_are_found_whatever_their_order(long seed) {
        Gen gen = new Gen(seed);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            names.add(gen.text(1, 6, "abc") + ".local");
        }
        String asked = gen.text(1, 6, "abc") + ".local";
        int limit = Math.min(3, asked.length() / 4);
        List<String> expected = names.stream()
                .filter(name -> naive(asked, name) <= limit)
                .sorted(Comparator.comparingInt((String name) -> naive(asked, name))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(3)
                .toList();
        RoutingTable<String> table = Tables.of(names.stream().map(Tables::host).toList());
        assertThat(table.nearest(asked, 3)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_distance_is_exact_up_to_its_limit(long seed) {
        Gen gen = new Gen(seed);
        for (int i = 0; i < 300; i++) {
            String from = gen.text(0, 8, "abc");
            String to = gen.text(0, 8, "abc");
            for (int limit = 1; limit <= 4; limit++) {
                assertThat(NearestNames.distance(from, to, limit))
                        .as("%s to %s up to %d", from, to, limit)
                        .isEqualTo(Math.min(limit + 1, naive(from, to)));
            }
        }
    }

    private static int naive(String from, String to) {
        int[][] cells = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    cells[i][j] = i + j;
                    continue;
                }
                int replace = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                cells[i][j] = Math.min(cells[i - 1][j - 1] + replace, 1 + Math.min(cells[i - 1][j], cells[i][j - 1]));
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    cells[i][j] = Math.min(cells[i][j], cells[i - 2][j - 2] + 1);
                }
            }
        }
        return cells[from.length()][to.length()];
    }
}
