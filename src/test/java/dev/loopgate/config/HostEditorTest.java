package dev.loopgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.config.HostEditor.Outcome;
import dev.loopgate.model.HostPattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits on disk: what is checked before, and what others do meanwhile. */
class HostEditorTest {

    @TempDir
    Path folder;

    @Test
    void writes_a_file_where_there_is_none() throws IOException {
        Path file = folder.resolve("loopgate.yaml");
        assertThat(add(file, "app.localhost", "3000"))
                .isEqualTo(new Outcome.Written(file, HostPattern.exact("app.localhost"), true, false));
        assertThat(file).hasContent("hosts:\n  app.localhost: 3000\n");
        assertThat(entries()).containsExactly("loopgate.yaml");
    }

    @Test
    void keeps_the_mode_and_the_link() throws IOException {
        Path file = Files.writeString(folder.resolve("real.yaml"), "hosts: {a.localhost: 1}\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("loopgate.yaml"), Path.of("real.yaml"));
        assertThat(add(link, "b.localhost", "2")).isInstanceOf(Outcome.Written.class);
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("hosts: {a.localhost: 1, b.localhost: 2}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(entries()).containsExactlyInAnyOrder("loopgate.yaml", "real.yaml");
    }

    @Test
    void a_file_of_two_names_stays_one() throws IOException {
        Path file = Files.writeString(folder.resolve("loopgate.yaml"), "hosts: {a.localhost: 1}\n");
        Path other = Files.createLink(folder.resolve("other.yaml"), file);
        add(file, "b.localhost", "2");
        assertThat(other).hasContent("hosts: {a.localhost: 1, b.localhost: 2}");
    }

    @Test
    void a_name_that_is_there_is_left_alone_unless_told_otherwise() throws IOException {
        Path file = Files.writeString(folder.resolve("loopgate.yaml"), "hosts:\n  App.localhost: 1 # one\n");
        assertThat(add(file, "app.localhost", "2"))
                .isEqualTo(new Outcome.Exists(new Place(file, 2, 3), HostPattern.exact("app.localhost"), false));
        assertThat(add(file, "app.localhost", "1"))
                .isInstanceOfSatisfying(
                        Outcome.Exists.class,
                        exists -> assertThat(exists.same()).isTrue());
        assertThat(editor(file).add("app.localhost", new HostTarget("2", false), true))
                .isEqualTo(new Outcome.Written(file, HostPattern.exact("app.localhost"), false, true));
        assertThat(file).hasContent("hosts:\n  App.localhost: 2 # one\n");
    }

    @Test
    void a_host_of_an_included_file_is_removed_there() throws IOException {
        Path file = Files.writeString(folder.resolve("loopgate.yaml"), "include: more.yaml\nhosts: {a.localhost: 1}\n");
        Path more = Files.writeString(folder.resolve("more.yaml"), "hosts:\n  b.localhost: 2\n  c.localhost: 3\n");
        assertThat(editor(file).remove("b.localhost"))
                .isEqualTo(new Outcome.Written(more, HostPattern.exact("b.localhost"), false, false));
        assertThat(more).hasContent("hosts:\n  c.localhost: 3\n");
    }

    @Test
    void nothing_is_written_that_is_not_understood() throws IOException {
        Path file = folder.resolve("loopgate.yaml");
        assertThat(add(file, "a b", "3000")).isInstanceOf(Outcome.Unusable.class);
        assertThat(add(file, "a.localhost", "http://"))
                .isInstanceOfSatisfying(
                        Outcome.Unusable.class,
                        unusable -> assertThat(unusable.problems()).isNotEmpty());
        assertThat(file).doesNotExist();
        Files.writeString(file, "hosts: {a.localhost: 0}\n");
        assertThat(add(file, "b.localhost", "2")).isInstanceOf(Outcome.Invalid.class);
        Files.writeString(file, "hosts: &h {a.localhost: 1}\n");
        assertThat(editor(file).remove("x.localhost")).isInstanceOf(Outcome.Unknown.class);
        Files.writeString(file, "---\nlisten: 80\n...\n# end\n");
        assertThat(add(file, "b.localhost", "2")).isInstanceOf(Outcome.Written.class);
        assertThat(file).hasContent("---\nlisten: 80\nhosts:\n  b.localhost: 2\n...\n# end\n");
    }

    @Test
    void a_relative_folder_counts_from_the_file() {
        Path file = folder.resolve("conf/loopgate.yaml");
        assertThat(HostTarget.of("./site", folder, file)).isEqualTo(new HostTarget("../site", true));
        assertThat(HostTarget.of("./conf/site", folder, file)).isEqualTo(new HostTarget("./site", true));
        assertThat(HostTarget.of("./site", folder, folder.resolve("loopgate.yaml")))
                .isEqualTo(new HostTarget("./site", true));
        assertThat(HostTarget.of("unix:/run/a", folder, file)).isEqualTo(new HostTarget("unix:/run/a", false));
    }

    @Test
    void of_twenty_who_edit_at_once_nobody_is_lost() throws Exception {
        Path file = folder.resolve("loopgate.yaml");
        ExecutorService crowd = Executors.newFixedThreadPool(20);
        try {
            List<Callable<Outcome>> edits = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String name = "h" + i + ".localhost";
                edits.add(() -> add(file, name, "3000"));
            }
            for (Future<Outcome> edit : crowd.invokeAll(edits)) {
                assertThat(edit.get()).isInstanceOf(Outcome.Written.class);
            }
        } finally {
            crowd.shutdown();
        }
        assertThat(Files.readAllLines(file)).hasSize(21).doesNotHaveDuplicates();
        assertThat(entries()).containsExactly("loopgate.yaml");
    }

    /** Where it cannot be made beside the place and moved there. */
    @Test
    void a_file_that_was_made_in_place_is_nobody_elses() throws IOException {
        Path file = folder.resolve("loopgate.yaml");
        byte[] content = "hosts: {a.localhost: 1}\n".getBytes(StandardCharsets.UTF_8);
        assertThat(LockedFile.createInPlace(file, content)).isTrue();
        assertThat(LockedFile.createInPlace(file, new byte[0])).isFalse();
        assertThat(file).hasBinaryContent(content);
        assertThat(add(file, "b.localhost", "2")).isInstanceOf(Outcome.Written.class);
    }

    @Test
    void a_write_that_fails_leaves_nothing_beside_the_file() throws IOException {
        Path folderAsFile = Files.createDirectory(folder.resolve("loopgate.yaml"));
        assertThatThrownBy(() -> LockedFile.change(folderAsFile, before -> Optional.of(new byte[1])))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() ->
                        LockedFile.change(folder.resolve("none/loopgate.yaml"), before -> Optional.of(new byte[1])))
                .isInstanceOf(IOException.class);
        assertThat(entries()).containsExactly("loopgate.yaml");
    }

    private static HostEditor editor(Path file) {
        return new HostEditor(new ConfigurationReader(name -> null), file);
    }

    private static Outcome add(Path file, String name, String target) throws IOException {
        return editor(file).add(name, new HostTarget(target, false), false);
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }
}
