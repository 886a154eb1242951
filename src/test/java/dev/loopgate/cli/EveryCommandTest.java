package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for all commands that there are, and for those that will be. */
class EveryCommandTest {

    /** Those that do something, or whose result is a text of its own kind; all others read, and have JSON. */
    private static final Set<String> WITHOUT_JSON = Set.of(
            "run", "demo", "share", "exec", "complete", "completion", "man", "service install", "service uninstall");

    @TempDir
    Path folder;

    @Test
    void has_a_header_an_example_and_the_status_that_a_wrong_option_ends_with() {
        for (Completable command : commands()) {
            String footer = String.join("\n", command.spec().usageMessage().footer());
            assertThat(command.header()).as(command.path()).endsWith(".");
            assertThat(footer).as(command.path()).contains("Example:  loopgate " + command.path());
            Invocation wrong = Invocation.of(folder, (command.path() + " --no-such-option").split(" ", -1));
            assertThat(wrong.status()).as(command.path()).isEqualTo(ExitStatus.WRONG_USAGE);
            assertThat(wrong.out()).as(command.path()).isEmpty();
        }
    }

    @Test
    void reads_as_json_too_and_its_shape_is_documented() throws IOException {
        Set<String> documented = documented();
        for (Completable command : commands()) {
            boolean json = command.spec().findOption("--json") != null;
            assertThat(json).as(command.path()).isNotEqualTo(WITHOUT_JSON.contains(command.path()));
            assertThat(documented.contains(command.path()))
                    .as(command.path() + " --json in docs/commands.md")
                    .isEqualTo(json);
        }
    }

    @Test
    void the_page_of_the_manual_has_all_of_them_and_groff_finds_no_fault() throws IOException {
        Invocation man = Invocation.of(folder, "man");
        assertThat(man.status()).isZero();
        Programs.require("groff");
        Path page = Files.writeString(folder.resolve("loopgate.1"), man.out());
        String shown;
        try (RunningProcess groff = RunningProcess.start(
                folder, Map.of(), List.of("groff", "-ww", "-man", "-Tascii", "-P-c", page.toString()))) {
            assertThat(groff.awaitExit(Duration.ofMinutes(1))).isZero();
            assertThat(groff.stderr()).isEmpty();
            shown = groff.stdout().replaceAll(".\b", "");
        }
        for (Completable command : commands()) {
            if (!command.spec().usageMessage().hidden()) {
                assertThat(shown).contains("loopgate " + command.path() + "\n");
                command.options().forEach(option -> assertThat(shown).contains(option.longestName()));
            }
        }
        assertThat(shown).contains("EXIT STATUS", "$XDG_CONFIG_HOME").doesNotContain("${", "$$");
    }

    /** The commands that the section JSON of the documentation has an entry for. */
    private static Set<String> documented() throws IOException {
        Set<String> found = new TreeSet<>();
        Pattern entry = Pattern.compile("(?m)^(`[^\n]*--json`[^\n]*)\n: ");
        Pattern name = Pattern.compile("`([a-z ]+) --json`");
        entry.matcher(Files.readString(Path.of("docs/commands.md")))
                .results()
                .flatMap(lines -> name.matcher(lines.group(1)).results())
                .forEach(command -> found.add(command.group(1)));
        return found;
    }

    /** Those that do something themselves. */
    private List<Completable> commands() {
        Terminal terminal = Terminal.of(System.out, System.err, name -> null, "");
        List<Completable> all = Completable.of(Commands.tree(new Surroundings(terminal, name -> null, folder)))
                .all();
        assertThat(all).hasSizeGreaterThan(10);
        assertThat(Arrays.asList("run", "hosts sync", "service status"))
                .isSubsetOf(all.stream().map(Completable::path).toList());
        return all.stream().filter(command -> command.parts().isEmpty()).toList();
    }
}
