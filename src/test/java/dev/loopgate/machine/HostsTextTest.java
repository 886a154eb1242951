package dev.loopgate.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1 localhost\n::1 localhost\n",
                "127.0.0.1 localhost\r\n\r\n# by hand\r\n",
                "127.0.0.1 localhost",
                "127.0.0.1 localhost\r\n::1 localhost",
                "127.0.0.1 localhost\n\n\n",
                "",
                "\n",
                "# caf\u00e9 \u00ff\n127.0.0.1\tlocalhost  "
            })
    void what_was_written_is_taken_back_byte_for_byte(String original) throws IOException {
        byte[] bytes = original.getBytes(StandardCharsets.ISO_8859_1);
        HostsText written = HostsText.of(bytes).with("/a.yaml", List.of("b.test", "a.test"));
        assertThat(written.bytes()).isNotEqualTo(bytes);
        assertThat(HostsText.of(written.bytes()).withoutAll().bytes()).isEqualTo(bytes);
        HostsText changed = HostsText.of(written.bytes()).with("/a.yaml", List.of("c.test"));
        assertThat(HostsText.of(changed.bytes()).without("/a.yaml").bytes()).isEqualTo(bytes);
    }

    @Test
    void a_name_is_there_for_both_families_with_who_wants_it() throws IOException {
        HostsText hosts = of("1.2.3.4 x\n").with("/a.yaml", List.of("b.test"));
        assertThat(text(hosts)).isEqualTo("""
                        1.2.3.4 x
                        # BEGIN loopgate; to take these lines out: loopgate hosts sync --remove
                        127.0.0.1\tb.test\t# /a.yaml
                        ::1\tb.test\t# /a.yaml
                        # END loopgate
                        """);
        assertThat(text(of(text(hosts)).with("/a.yaml", List.of("b.test")))).isEqualTo(text(hosts));
    }

    @Test
    void lines_end_as_the_others_of_the_file_do() throws IOException {
        assertThat(text(of("1.2.3.4 x\r\n").with("/a.yaml", List.of("b.test")))).doesNotContainPattern("[^\r]\n");
    }

    @Test
    void two_projects_share_the_block_and_take_back_their_own() throws IOException {
        HostsText both = of("1.2.3.4 x")
                .with("/a.yaml", List.of("one.test", "both.test"))
                .with("/b c.yaml", List.of("two.test", "both.test"));
        HostsText read = of(text(both));
        assertThat(read.names()).containsExactly("both.test", "one.test", "two.test");
        assertThat(read.namesOf("/b c.yaml")).containsExactly("both.test", "two.test");
        assertThat(text(read)).containsOnlyOnce("# BEGIN").containsOnlyOnce("127.0.0.1\tboth.test");
        HostsText left = of(text(read.without("/a.yaml")));
        assertThat(left.names()).containsExactly("both.test", "two.test");
        assertThat(text(left.without("/b c.yaml"))).isEqualTo("1.2.3.4 x");
    }

    @Test
    void what_others_write_around_the_block_and_into_it_stays() throws IOException {
        String written = text(of("1.2.3.4 x").with("/a.yaml", List.of("a.test")));
        String edited = written.replace("::1\ta.test", "5.6.7.8 mine\n::1\ta.test") + "9.9.9.9 later";
        HostsText hosts = of(edited);
        assertThat(text(hosts)).isEqualTo(edited);
        assertThat(hosts.ownLine("mine")).map(HostsText.OwnLine::address).contains("5.6.7.8");
        assertThat(hosts.ownLine("later")).map(HostsText.OwnLine::number).contains(7);
        assertThat(text(hosts.withoutAll())).isEqualTo("1.2.3.4 x\n5.6.7.8 mine\n9.9.9.9 later");
    }

    @Test
    void a_line_that_leads_here_counts_before_one_that_does_not() throws IOException {
        HostsText hosts = of("# 10.0.0.9 app.test\n10.0.0.1 App.test other.test # app2.test\n127.0.0.1 app.test\n");
        assertThat(hosts.ownLine("app.test")).contains(new HostsText.OwnLine(3, "127.0.0.1"));
        assertThat(hosts.ownLine("other.test")).contains(new HostsText.OwnLine(2, "10.0.0.1"));
        assertThat(hosts.ownLine("app2.test")).isEmpty();
    }

    @Test
    void a_block_that_somebody_damaged_is_not_guessed_at() {
        assertThatThrownBy(() -> of("x\n# BEGIN loopgate\n127.0.0.1\ta\t# b\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2 begins");
        assertThatThrownBy(() -> of("# BEGIN loopgate\n# END loopgate\n# BEGIN loopgate\n# END loopgate\n"))
                .hasMessageContaining("line 3 begins")
                .hasMessageContaining("second time");
    }

    @Test
    void nothing_but_names_gets_in() throws IOException {
        HostsText hosts = of("");
        for (String name : List.of("a b", "a\n1.2.3.4 c", "*.a", "10.0.0.1", "[::1]", "", "A#")) {
            assertThatThrownBy(() -> hosts.with("/a", List.of(name))).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(text(hosts.with("/a\n1.2.3.4 evil; /b", List.of("a.test")))).contains("# /a?1.2.3.4 evil? /b\n");
    }

    private static HostsText of(String text) throws IOException {
        return HostsText.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(HostsText hosts) {
        return new String(hosts.bytes(), StandardCharsets.UTF_8);
    }
}
