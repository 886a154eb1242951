package dev.loopgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.BindAddress;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a corpus of texts cannot hold: bytes, sizes, warnings and time. */
class ReaderTest {

    @Test
    void reads_a_file_with_a_byte_order_mark() {
        assertThat(Texts.read("\ufefflisten: 8080")).isInstanceOf(ReadResult.Valid.class);
    }

    @Test
    void reads_a_file_with_carriage_returns() {
        assertThat(Texts.problems(Texts.read("hosts:\r\n  a.localhost: 3000\r\n  b.localhost: 99999\r\n")))
                .containsExactly("3:16: expected a port from 1 to 65535, found \"99999\"");
    }

    @Test
    void names_the_place_of_a_byte_that_is_not_utf8() {
        byte[] bytes = "hosts:\n  ä.localhost: 3000 # x\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(Texts.problems(Texts.read(bytes)))
                .containsExactly("2:3: byte 0xe4 is not UTF-8 here (save the file as UTF-8)");
    }

    @Test
    void refuses_utf16() {
        assertThat(Texts.problems(Texts.read("listen: 80".getBytes(StandardCharsets.UTF_16))))
                .containsExactly("1:1: the file is in UTF-16 (save it as UTF-8)");
    }

    @Test
    void refuses_an_empty_file() {
        assertThat(Texts.problems(Texts.read(" \n\n")))
                .containsExactly("1:1: the file is empty (write {} for a configuration that says nothing)");
    }

    @Test
    void names_the_place_of_a_control_character() {
        assertThat(Texts.problems(Texts.read("hosts:\n  \uD83D\uDE00a\u0001: 3000")))
                .containsExactly(
                        "2:5: the character U+0001 is not allowed in a file (take it out, or write it as an escape"
                                + " in double quotes)");
    }

    @Test
    void refuses_a_file_of_more_than_8_mebibytes() {
        assertThat(Texts.problems(Texts.read("#".repeat((8 << 20) + 1))))
                .containsExactly("1:1: the file has more than 8 MiB");
    }

    @Test
    void refuses_deep_nesting() {
        assertThat(Texts.problems(Texts.read("a: " + "[".repeat(100_000))))
                .containsExactly("1:68: nested more than 64 levels deep (a configuration needs less than ten)");
        assertThat(Texts.problems(Texts.read("- ".repeat(100_000)))).hasSize(1);
    }

    @Test
    void refuses_aliases_that_explode() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(10)).append("x]\n");
        }

        assertThat(Texts.problems(Texts.read(bomb.toString())))
                .singleElement()
                .asString()
                .contains("more than a million nodes");
    }

    @Test
    void reports_a_problem_behind_an_alias_once() {
        assertThat(Texts.problems(Texts.read("hosts: {a.localhost: &x {to: 0}, b.localhost: *x}")))
                .hasSize(1);
    }

    @Test
    void does_not_expand_what_a_variable_holds() {
        assertThat(Texts.problems(Texts.read("listen: ${NESTED}")))
                .singleElement()
                .asString()
                .contains("${PORT}");
    }

    @Test
    void warns_of_a_host_that_leads_to_the_gateway() {
        ReadResult.Valid valid = (ReadResult.Valid) Texts.read("hosts:\n  a.localhost: {to: [3000, 127.0.0.1:62893]}");

        assertThat(valid.warnings())
                .singleElement()
                .hasToString(
                        "loopgate.yaml:2:28: the target \"127.0.0.1:62893\" is the gateway itself: requests will end in 508"
                                + " (name the port of the service behind it)");
    }

    @Test
    void warns_of_a_folder_that_is_not_there() {
        ReadResult.Valid valid = (ReadResult.Valid) Texts.read("hosts:\n  a.localhost: {files: ./no/such/folder}");

        assertThat(valid.warnings()).singleElement().asString().startsWith("loopgate.yaml:2:24: there is no folder");
        ReadResult.Valid file = (ReadResult.Valid) Texts.read("hosts:\n  a.localhost: {files: /etc/passwd}");
        assertThat(file.warnings()).singleElement().asString().contains("\"/etc/passwd\" is no folder");
    }

    @Test
    void listens_on_the_default_port_unless_told_otherwise() {
        assertThat(((ReadResult.Valid) Texts.read("{}")).configuration().listen())
                .containsExactly(BindAddress.loopback(62_893));
    }

    @Test
    void makes_equal_configurations_of_files_that_mean_the_same() {
        ReadResult.Valid one = (ReadResult.Valid) Texts.read("hosts: {a.localhost: 3000}\nforwards: {5432: 1}");
        ReadResult.Valid two = (ReadResult.Valid) Texts.read(
                "# moved\n\nforwards:\n  localhost:5432/tcp: localhost:1\nhosts:\n  A.localhost.: {to: [\"3000\"]}\n");

        assertThat(one.configuration()).isEqualTo(two.configuration());
    }

    @Test
    void reads_ten_thousand_hosts_in_less_than_a_second_of_cpu_time() {
        StringBuilder text = new StringBuilder("hosts:\n");
        for (int i = 0; i < 10_000; i++) {
            text.append("  app")
                    .append(i)
                    .append(".localhost: {routes: {/: ")
                    .append(1000 + i)
                    .append(", /api: {to: 8080, strip: true}}}\n");
        }
        String file = text.toString();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 10 && best > Duration.ofSeconds(1).toNanos(); i++) {
            long start = threads.getCurrentThreadCpuTime();
            assertThat(Texts.read(file)).isInstanceOf(ReadResult.Valid.class);
            best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
        }

        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofSeconds(1));
    }
}
