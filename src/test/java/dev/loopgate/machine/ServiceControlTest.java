package dev.loopgate.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a manager of services that is a folder: what runs has a file in it. */
class ServiceControlTest {

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void place() {
        file = folder.resolve("manager/user/loopgate.service");
    }

    @Test
    void what_was_installed_is_ended_and_removed() throws IOException {
        ServiceControl control = control("rm runs", true);
        control.install();
        assertThat(control.state()).isEqualTo(new ServiceControl.State(true, true, true, true));
        control.uninstall();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void what_does_not_end_keeps_its_file() throws IOException {
        control("echo it refuses; false", true).install();
        ServiceControl control = control("echo it refuses; false", true, Duration.ofSeconds(3));
        assertThatThrownBy(control::uninstall).isInstanceOf(IOException.class).hasMessageContaining("it refuses");
        assertThat(file).exists();
        assertThat(control.state().active()).isTrue();
    }

    @Test
    void what_ends_after_the_command_is_waited_for() throws IOException {
        ServiceControl control = control("{ sleep 0.5; rm runs; } >/dev/null 2>&1 &", true);
        control.install();
        control.uninstall();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void what_is_not_there_is_no_failure() throws IOException {
        ServiceControl control = control("rm runs", true);
        control.install();
        Files.delete(folder.resolve("runs"));
        control.uninstall();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void the_old_one_has_ended_before_another_takes_its_place() throws IOException {
        control("rm runs", false).install();
        ServiceControl next = control("rm runs; echo ended >>log", false);
        next.install();
        assertThat(folder.resolve("log")).hasContent("ended");
        assertThat(next.state().active()).isTrue();
    }

    @Test
    void a_folder_that_is_somebodys_link_stays() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createDirectory(folder.resolve("manager"));
        Path link = Files.createSymbolicLink(folder.resolve("manager/user"), elsewhere);
        ServiceControl control = control("rm runs", true);
        control.install();
        control.uninstall();
        assertThat(link).isSymbolicLink();
        assertThat(elsewhere).isEmptyDirectory();
    }

    private ServiceControl control(String stop, boolean restarts) {
        return control(stop, restarts, Duration.ofSeconds(20));
    }

    private ServiceControl control(String stop, boolean restarts, Duration patience) {
        return new ServiceControl(
                new LoginService(
                        "a folder",
                        file,
                        "text",
                        StandardCharsets.UTF_8,
                        shell("true"),
                        List.of(shell("test ! -e runs || " + restarts), shell(": >runs")),
                        restarts,
                        List.of(shell(stop)),
                        List.of(),
                        shell("test -e runs"),
                        shell("test -e runs")),
                patience);
    }

    private List<String> shell(String script) {
        return List.of("sh", "-c", "cd '" + folder + "' && {\n" + script + "\n}");
    }
}
