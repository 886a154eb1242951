package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackgroundLogTest {

    @TempDir
    Path folder;

    private BackgroundLog open(String variable) throws IOException {
        return BackgroundLog.open(Map.of(variable, folder.toString())::get);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void nobody_else_may_look_into_it() throws IOException {
        Path log = open("HOME").file();

        assertThat(log).isEqualTo(folder.resolve(".local/state/loopgate/gateway.log"));
        assertThat(mode(log)).isEqualTo("rw-------");
        assertThat(mode(log.resolveSibling("."))).isEqualTo("rwx------");
    }

    @Test
    void one_that_others_could_read_is_closed_and_goes_on() throws IOException {
        Path log = open("XDG_STATE_HOME").file();
        Files.writeString(log, "before\n");
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(log.resolveSibling("."), PosixFilePermissions.fromString("rwxr-xr-x"));

        BackgroundLog again = open("XDG_STATE_HOME");

        assertThat(again.before()).isEqualTo(7);
        assertThat(mode(log)).isEqualTo("rw-------");
        assertThat(mode(log.resolveSibling("."))).isEqualTo("rwx------");
    }

    @Test
    void is_beside_the_socket_where_there_is_no_home() throws IOException {
        assertThat(open("XDG_RUNTIME_DIR").file()).isEqualTo(folder.resolve("loopgate/gateway.log"));
        assertThatThrownBy(() -> BackgroundLog.open(none -> null)).hasMessageContaining("HOME");
    }

    @Test
    void a_link_is_not_followed() throws IOException {
        Path log = open("HOME").file();
        Path other = Files.writeString(folder.resolve("other"), "other");
        Files.delete(log);
        Files.createSymbolicLink(log, other);

        assertThatThrownBy(() -> open("HOME")).hasMessageContaining("is a link").hasMessageContaining("rm " + log);
        assertThat(other).hasContent("other");
    }
}
