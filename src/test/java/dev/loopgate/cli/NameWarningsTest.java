package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.diagnose.ResolverCheck.Finding;
import dev.loopgate.diagnose.ResolverCheck.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NameWarningsTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal = Terminal.of(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            name -> null,
            "");

    @Test
    void one_name_is_told_with_the_command_that_makes_it_known() {
        NameWarnings.tell(terminal, unknown(1), 0);
        assertThat(said())
                .containsExactly(
                        "warning: the system cannot resolve service-0.localhost",
                        "  browsers and curl find names below localhost all the same, other programs do not",
                        "  for every program to find it:",
                        "    echo '127.0.0.1 service-0.localhost' | sudo tee -a /etc/hosts");
    }

    @Test
    void many_names_take_several_commands_that_fit_a_terminal() {
        NameWarnings.tell(terminal, unknown(12), 0);
        List<String> commands =
                said().stream().filter(line -> line.startsWith("    ")).toList();
        assertThat(commands)
                .hasSizeGreaterThan(3)
                .allSatisfy(line -> assertThat(line)
                        .hasSizeLessThanOrEqualTo(80)
                        .matches(
                                " {4}echo '127\\.0\\.0\\.1( service-[0-9]+\\.localhost)+' \\| sudo tee -a /etc/hosts"));
        assertThat(String.join("", commands)).contains("service-0.localhost", "service-11.localhost");
    }

    @Test
    void a_crowd_of_names_takes_one_command_and_says_how_many_were_not_looked_up() {
        NameWarnings.tell(terminal, unknown(24), 9_976);
        assertThat(said())
                .containsExactly(
                        "warning: the system cannot resolve service-0.localhost, service-1.localhost,"
                                + " service-2.localhost, service-3.localhost, service-4.localhost and 19 more",
                        "  browsers and curl find names below localhost all the same, other programs do not",
                        "  9976 more names were not looked up",
                        "  for every program to find every name below localhost, have the system know them",
                        "  (a package of Debian and Ubuntu; others have nss-myhostname with systemd):",
                        "    sudo apt install libnss-myhostname");
    }

    private List<String> said() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static List<Finding> unknown(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Finding("service-" + i + ".localhost", Outcome.UNKNOWN, List.of()))
                .toList();
    }
}
