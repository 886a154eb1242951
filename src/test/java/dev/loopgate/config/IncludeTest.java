package dev.loopgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.config.ReadSources.Glob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncludeTest {

    @TempDir
    private Path folder;

    private Path main;

    @BeforeEach
    void nameTheMainFile() {
        main = folder.resolve("loopgate.yaml");
    }

    @Test
    void adds_the_hosts_and_forwards_of_included_files() throws IOException {
        write("loopgate.yaml", "include: [loopgate.d/*.yaml]\ndefaults: {connect: 1s}\nhosts: {a.localhost: 1}");
        write("loopgate.d/20-c.yaml", "hosts: {c.localhost: 3}");
        write("loopgate.d/10-b.yaml", "hosts: {b.localhost: 2}\nforwards: {5432: 1}");
        write("loopgate.d/.hidden.yaml", "nonsense");
        write("loopgate.d/other.txt", "nonsense");

        ReadResult.Valid valid = (ReadResult.Valid) read();

        assertThat(ModelText.of(valid.configuration()))
                .containsExactly(
                        "listen 62893",
                        "EXACT a.localhost / -> http://localhost:1 as LoopbackPort | connect PT1S",
                        "EXACT b.localhost / -> http://localhost:2 as LoopbackPort | connect PT1S",
                        "EXACT c.localhost / -> http://localhost:3 as LoopbackPort | connect PT1S",
                        "forward LOOPBACK 5432 -> localhost:1");
        assertThat(valid.sources())
                .isEqualTo(new ReadSources(
                        List.of(main, folder.resolve("loopgate.d/10-b.yaml"), folder.resolve("loopgate.d/20-c.yaml")),
                        List.of(new Glob(folder.resolve("loopgate.d"), "*.yaml"))));
    }

    @Test
    void names_both_files_of_a_clash() throws IOException {
        write("loopgate.yaml", "include: [\"*.yaml\"]\nhosts: {a.localhost: 1}\nforwards: {5432: 1}");
        write("more.yaml", "hosts:\n  A.localhost: 2\nforwards:\n  127.0.0.1:5432: 2");

        assertThat(problems())
                .containsExactly(
                        folder + "/more.yaml:2:3: duplicate host \"A.localhost\" (the first is at " + main
                                + ":2:9; names are compared without regard to case and trailing dots)",
                        folder
                                + "/more.yaml:4:3: port 5432 is wanted twice: by the forward \"127.0.0.1:5432\" (127.0.0.1)"
                                + " here, and by the forward \"5432\" (127.0.0.1 and [::1]) at " + main
                                + ":3:12 (give one of them another port or address)");
    }

    @Test
    void reports_the_problems_of_all_files_at_once() throws IOException {
        write("loopgate.yaml", "include: [b.yaml, a.yaml, missing.yaml, 'x[.yaml']\nlisten: 0");
        write("a.yaml", "hosts: {x: 0}");
        write("b.yaml", "listen: 80\nhosts:\n\tx: 1");

        assertThat(problems())
                .containsExactly(
                        main + ":1:27: cannot read " + folder + "/missing.yaml: there is no such file",
                        main + ":1:41: \"x[.yaml\" is no file and no pattern of files",
                        main + ":2:9: expected a port from 1 to 65535, found \"0\"",
                        folder + "/b.yaml:3:1: a tab cannot stand here (indent with spaces)",
                        folder + "/a.yaml:1:12: expected a port from 1 to 65535, found \"0\"");
    }

    @Test
    void keeps_what_is_for_the_main_file_out_of_the_others() throws IOException {
        write("loopgate.yaml", "include: more.yaml");
        write("more.yaml", "listen: 80\ninclude: x.yaml\nhots: {}");

        assertThat(problems())
                .containsExactly(
                        folder + "/more.yaml:1:1: \"listen\" is not for an included file (move it to the main file)",
                        folder + "/more.yaml:2:1: \"include\" is not for an included file (move it to the main file)",
                        folder + "/more.yaml:3:1: unknown key \"hots\" in an included file (did you mean \"hosts\"?)");
    }

    @Test
    void accepts_a_pattern_that_nothing_matches_and_tells_where_to_look() throws IOException {
        write("loopgate.yaml", "include: ./none.d//**/*.{yaml,yml}");

        ReadResult.Valid valid = (ReadResult.Valid) read();

        assertThat(valid.sources().globs()).containsExactly(new Glob(folder.resolve("none.d"), "**/*.{yaml,yml}"));
    }

    @Test
    void reads_files_of_all_folders_below_by_two_stars() throws IOException {
        write("loopgate.yaml", "include: ['d/**/*.yaml', 'd/a.yaml']");
        write("d/a.yaml", "hosts: {a: 1}");
        write("d/e/f/b.yaml", "hosts: {b: 1}");
        write("d/.git/c.yaml", "hosts: {c: 1}");
        Files.createSymbolicLink(folder.resolve("d/e/circle"), folder.resolve("d"));

        assertThat(read().sources().files())
                .contains(main, folder.resolve("d/a.yaml"), folder.resolve("d/e/f/b.yaml"))
                .doesNotContain(folder.resolve("d/.git/c.yaml"));
    }

    @Test
    void takes_relative_paths_from_the_file_that_says_them() throws IOException {
        write("loopgate.yaml", "include: d/a.yaml\naccess-log: {file: log/x}");
        write("d/a.yaml", "hosts: {a: {files: site}}");

        assertThat(ModelText.of(((ReadResult.Valid) read()).configuration()))
                .containsExactly(
                        "listen 62893",
                        "EXACT a / Files[root=" + folder + "/d/site, fallback=Optional.empty]",
                        "log SHORT " + folder + "/log/x");
    }

    @Test
    void says_that_there_is_no_main_file() {
        assertThat(problems()).containsExactly(main + ":1:1: cannot read " + main + ": there is no such file");
    }

    @Test
    void says_that_the_main_file_is_a_folder() throws IOException {
        Files.createDirectory(main);

        assertThat(problems()).containsExactly(main + ":1:1: cannot read " + main + ": Is a directory");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private ReadResult read() {
        return new ConfigurationReader(name -> null).read(main, new DiskTexts());
    }

    private List<String> problems() {
        return ((ReadResult.Invalid) read())
                .problems().stream().map(Problem::toString).toList();
    }
}
