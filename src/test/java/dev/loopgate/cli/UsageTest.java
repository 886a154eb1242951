package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class UsageTest {

    @TempDir
    Path folder;

    @Test
    void no_command_shows_what_there_is() {
        Invocation help = Invocation.of(folder);
        assertThat(help.status()).isZero();
        assertThat(help.out()).contains("run ", "check ", "explain ", "status ", "loopgate demo");
        assertThat(Invocation.of(folder, "--help")).isEqualTo(help);
        assertThat(Invocation.of(folder, "help")).isEqualTo(help);
        assertThat(Invocation.of(folder, "help", "help")).isEqualTo(help);
        assertThat(Invocation.of(folder, "--no-color", "help")).isEqualTo(help);
        assertThat(Invocation.of(folder, "help", "--no-color")).isEqualTo(help);
        assertThat(Invocation.of(folder, "--no-color", "help", "check"))
                .isEqualTo(Invocation.of(folder, "check", "--help"));
        assertThat(Invocation.of(folder, "help", "check")).isEqualTo(Invocation.of(folder, "check", "--help"));
        assertThat(Invocation.of(folder, "help", "chek")).satisfies(usage("no command chek", "did you mean check?"));
        assertThat(Invocation.of(folder, "chek", "--help")).satisfies(usage("no command chek", "did you mean check?"));
    }

    @Test
    void every_command_has_help_with_an_example_and_fits_a_terminal() {
        for (String name : commands()) {
            Invocation help = Invocation.of(folder, name, "--help");
            assertThat(help.status()).as(name).isZero();
            assertThat(help.out()).as(name).contains("loopgate " + name);
            assertThat(help.out().lines().mapToInt(String::length).max().orElse(0))
                    .as(name)
                    .isLessThanOrEqualTo(100);
            assertThat(help.out()).as(name).doesNotContain("${");
        }
    }

    @Test
    void a_start_reads_the_same_in_all_its_spellings() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "hosts: {a.localhost: 0}");
        for (String file : List.of(broken.toString(), "missing.yaml", folder.toString())) {
            Invocation plain = Invocation.of(folder, "run", "--config", file);
            assertThat(plain.status()).isNotZero();
            assertThat(plain.err()).contains("loopgate: ");
            assertThat(Invocation.of(folder, "run", "-c", file)).isEqualTo(plain);
            assertThat(Invocation.of(folder, "run", "--config=" + file)).isEqualTo(plain);
        }
        assertThat(Invocation.of(folder, "run", "--config", "").status()).isNotZero();
        assertThat(Invocation.of(folder, "run", "--config", "--help").status()).isNotEqualTo(ExitStatus.FAILED);
    }

    @Test
    void every_reading_command_has_json() {
        for (String name : List.of(
                "check", "explain", "routes", "status", "reload", "version", "add", "remove", "attach", "get",
                "wait")) {
            assertThat(Invocation.of(folder, name, "--help").out()).as(name).contains("--json");
        }
    }

    @Test
    void a_mistyped_command_is_told_the_nearest_one() {
        assertThat(Invocation.of(folder, "statsu"))
                .satisfies(usage("there is no command statsu", "did you mean status?"));
        assertThat(Invocation.of(folder, "rnu")).satisfies(usage("there is no command rnu", "did you mean run?"));
        assertThat(Invocation.of(folder, "frobnicate").err()).doesNotContain("did you mean");
    }

    @Test
    void a_mistyped_option_is_told_the_nearest_one() {
        assertThat(Invocation.of(folder, "check", "--jsn"))
                .satisfies(usage("no option --jsn for loopgate check", "did you mean --json?"));
        assertThat(Invocation.of(folder, "run", "--conifg", "x"))
                .satisfies(usage("no option --conifg", "did you mean --config?"));
    }

    @Test
    void wrong_usage_ends_with_2_and_says_how_it_is_meant() {
        assertThat(Invocation.of(folder, "explain")).satisfies(usage("missing", "usage: loopgate explain"));
        assertThat(Invocation.of(folder, "check", "a", "b"))
                .satisfies(usage("does not take b", "usage: loopgate check"));
        assertThat(Invocation.of(folder, "status", "--pid", "x")).satisfies(usage("'x' is not a number", "--help"));
        assertThat(Invocation.of(folder, "completion", "tcsh")).satisfies(usage("bash, zsh, fish", "--help"));
        assertThat(Invocation.of(folder, "check", "a", "--config", "b")).satisfies(usage("two files", "give one"));
        assertThat(Invocation.of(folder, "explain", "ftp://a/")).satisfies(usage("ftp", "for example"));
        assertThat(Invocation.of(folder, "explain", "")).satisfies(usage("the URL \"\": it is empty", "for example"));
        assertThat(Invocation.of(folder, "explain", "http://[::1")).satisfies(usage("brackets", "for example"));
        assertThat(Invocation.of(folder, "run", "my.yaml"))
                .satisfies(usage("loopgate run does not take my.yaml", "loopgate run --config my.yaml"));
        assertThat(Invocation.of(folder, "demo", "--port", "0")).satisfies(usage("1 to 65535, not 0", "--port"));
    }

    @Test
    void control_characters_of_an_argument_do_not_reach_the_terminal() {
        for (String[] arguments : List.of(
                new String[] {"\u001b[2J"}, new String[] {"check", "--\u001b[2J"}, new String[] {"explain", "a\u001bb"
                })) {
            assertThat(Invocation.of(folder, arguments).err()).doesNotContain("\u001b");
        }
    }

    @Test
    void colours_are_for_terminals_that_want_them() {
        String[] command = {"check", "missing.yaml"};
        assertThat(Invocation.of(folder, Map.of(), "12", command).err()).contains("\u001b[31m");
        assertThat(Invocation.of(folder, Map.of(), "1", command).err()).doesNotContain("\u001b");
        assertThat(Invocation.of(folder, Map.of("NO_COLOR", "1"), "12", command).err())
                .doesNotContain("\u001b");
        assertThat(Invocation.of(folder, Map.of("TERM", "dumb"), "12", command).err())
                .doesNotContain("\u001b");
        assertThat(Invocation.of(folder, Map.of(), "12", "check", "missing.yaml", "--no-color")
                        .err())
                .doesNotContain("\u001b");
    }

    @Test
    void a_result_that_cannot_be_written_is_a_failure() throws IOException {
        String file = Files.writeString(folder.resolve("loopgate.yaml"), "hosts: {a.localhost: 1}\n")
                .toString();
        for (String[] command : List.of(
                new String[] {"check", file},
                new String[] {"check", "--json", file},
                new String[] {"--help"},
                new String[] {"version"},
                new String[] {"completion", "bash"})) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Terminal terminal = Terminal.of(
                    new PrintStream(new FullDisk(), false, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    name -> null,
                    "");
            int status = Commands.execute(new Surroundings(terminal, name -> null, folder), command);
            assertThat(status).as(String.join(" ", command)).isEqualTo(ExitStatus.FAILED);
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("standard output cannot be written");
        }
    }

    private static final class FullDisk extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    @Test
    void version_is_the_one_that_was_built() {
        assertThat(Invocation.of(folder, "--version").out()).matches("loopgate \\d+\\.\\d+\\.\\d+\\S*\\R");
        assertThat(Invocation.of(folder, "version", "--json").json().getMap())
                .containsKeys("version", "java", "javaHome");
    }

    @Test
    void without_a_place_for_its_socket_a_gateway_cannot_be_found() {
        Invocation status = Invocation.of(folder, "status");
        assertThat(status.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(status.err()).contains("XDG_RUNTIME_DIR");
    }

    private List<String> commands() {
        Terminal terminal = Terminal.of(System.out, System.err, name -> null, "");
        CommandLine tree = Commands.tree(new Surroundings(terminal, name -> null, folder));
        return List.copyOf(tree.getSubcommands().keySet());
    }

    private static java.util.function.Consumer<Invocation> usage(String problem, String fix) {
        return invocation -> {
            assertThat(invocation.status()).isEqualTo(ExitStatus.WRONG_USAGE);
            assertThat(invocation.err())
                    .startsWith("loopgate: ")
                    .contains(problem, fix)
                    .doesNotContain("Exception");
            assertThat(invocation.out()).isEmpty();
        };
    }
}
