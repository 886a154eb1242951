package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With names below {@code invalid}, which no resolver knows (RFC 6761 §6.4). */
class HostsSyncTest {

    private static final String ORIGINAL = "127.0.0.1 localhost\n10.0.0.1 taken.invalid\n127.0.0.1 own.invalid";

    @TempDir
    Path folder;

    private Path hosts;

    @BeforeEach
    void files() throws IOException {
        hosts = Files.writeString(folder.resolve("hosts"), ORIGINAL);
        configuration("app.invalid", "taken.invalid", "own.invalid", "localhost", "'*.shop.invalid'", "'*'");
    }

    @Test
    void writes_the_names_that_are_unknown_and_takes_them_back() throws IOException {
        Invocation sync = sync();
        assertThat(sync.status()).as(sync.err()).isZero();
        assertThat(sync.out()).isEqualTo("+ app.invalid\n");
        assertThat(sync.err())
                .contains("taken.invalid is left out: line 2 of " + hosts + " leads it to 10.0.0.1")
                .contains("*.shop.invalid is left out: a hosts file has no wildcards")
                .contains("wrote " + hosts);
        String written = Files.readString(hosts);
        assertThat(written)
                .startsWith(ORIGINAL + "\n# BEGIN loopgate")
                .contains("127.0.0.1\tapp.invalid\t# " + folder.resolve("loopgate.yaml"), "::1\tapp.invalid\t")
                .doesNotContain("\town.invalid", "\ttaken.invalid", "\tlocalhost", "shop");
        assertThat(sync().err()).contains(hosts + " is as it should be");
        assertThat(hosts).hasContent(written);

        assertThat(sync("--remove").out()).isEqualTo("- app.invalid\n");
        assertThat(Files.readString(hosts)).isEqualTo(ORIGINAL);
        assertThat(folder).isDirectoryNotContaining("glob:**/.hosts*");
    }

    @Test
    void a_dry_run_shows_the_change_as_a_patch_and_makes_none() throws IOException {
        Programs.require("patch");
        Invocation dry = sync("--dry-run");
        assertThat(dry.status()).isZero();
        assertThat(Files.readString(hosts)).isEqualTo(ORIGINAL);
        assertThat(dry.out()).contains("@@ -1,3 +1,7 @@", "-127.0.0.1 own.invalid\n\\ No newline", "+# BEGIN");

        Path patched = Files.copy(hosts, folder.resolve("patched"));
        Path patch = Files.writeString(folder.resolve("patch"), dry.out());
        run("patch", patched.toString(), patch.toString());
        sync();
        assertThat(patched).hasSameBinaryContentAs(hosts);
        assertThat(sync("--remove", "--dry-run").out()).contains("-# END loopgate");
    }

    @Test
    void names_that_the_configuration_has_no_more_go() throws IOException {
        sync();
        configuration("other.invalid");
        assertThat(sync().out()).isEqualTo("+ other.invalid\n- app.invalid\n");
    }

    @Test
    void a_file_that_is_gone_can_be_taken_out() throws IOException {
        sync();
        Path other = Files.writeString(folder.resolve("other.yaml"), "hosts: {b.invalid: 1}");
        sync("--config", other.toString());
        Files.delete(folder.resolve("loopgate.yaml"));
        assertThat(sync("--remove", "--config", "loopgate.yaml").out()).isEqualTo("- app.invalid\n");
        assertThat(Files.readString(hosts)).contains("b.invalid").doesNotContain("app.invalid");
    }

    @Test
    void mode_and_links_stay() throws IOException {
        Files.setPosixFilePermissions(hosts, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), hosts);
        assertThat(Invocation.of(folder, "hosts", "sync", "--file", link.toString())
                        .status())
                .isZero();
        assertThat(link).isSymbolicLink();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(hosts)))
                .isEqualTo("rw-r-----");
        assertThat(Files.readString(hosts)).contains("app.invalid");
    }

    @Test
    void json_tells_what_happened() {
        JsonObject json = sync("--json").json();
        assertThat(json.getString("file")).isEqualTo(hosts.toString());
        assertThat(json.getBoolean("changed")).isTrue();
        assertThat(json.getJsonArray("added")).containsExactly("app.invalid");
        assertThat(json.getJsonArray("names")).containsExactly("app.invalid");
        assertThat(json.getJsonArray("left").getJsonObject(0).getMap()).containsKeys("name", "reason");
        assertThat(sync("--json", "--dry-run").json().getBoolean("changed")).isFalse();
    }

    @Test
    void without_a_file_or_a_name_it_says_what_is_missing() throws IOException {
        Invocation absent = Invocation.of(folder, "hosts", "sync", "--file", "nowhere");
        assertThat(absent.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(absent.err()).contains("there is no file " + folder.resolve("nowhere"));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(Invocation.of(empty, "hosts", "sync", "--file", hosts.toString())
                        .err())
                .contains("no names are known", "--config FILE");
        Files.writeString(hosts, "# BEGIN loopgate\n");
        assertThat(sync().err()).contains(hosts + ": line 1 begins lines").doesNotContain("Exception");
    }

    /** A file that cannot be replaced, as that of a container. */
    @Test
    void writes_in_place_what_is_mounted() throws IOException {
        Path mounted = Files.writeString(folder.resolve("mounted"), "");
        String script = "mount --bind " + hosts + " " + mounted + " && "
                + java("hosts", "sync", "--file", mounted.toString()) + " && cat " + mounted;
        assertThat(namespace(script)).contains("+ app.invalid", "# END loopgate");
        assertThat(Files.readString(hosts)).contains("app.invalid");
    }

    @Test
    void without_rights_it_says_the_command_and_the_lines() throws IOException {
        Path mounted = Files.writeString(folder.resolve("mounted"), "");
        String script = "mount --bind " + hosts + " " + mounted + " && mount -o remount,bind,ro " + mounted + " && { "
                + java("hosts", "sync", "--file", mounted.toString()) + " 2>&1; echo status $?; }";
        assertThat(namespace(script))
                .contains("is not yours to write", "to do it: sudo /", "/loopgate hosts sync --file " + mounted)
                .contains("  127.0.0.1\tapp.invalid\t", "status 1");
        assertThat(Files.readString(hosts)).isEqualTo(ORIGINAL);
    }

    private void configuration(String... names) throws IOException {
        Files.writeString(
                folder.resolve("loopgate.yaml"), "hosts: {" + String.join(": 3000, ", List.of(names)) + ": 3000}\n");
    }

    private Invocation sync(String... options) {
        String[] words = new String[options.length + 4];
        words[0] = "hosts";
        words[1] = "sync";
        words[2] = "--file";
        words[3] = hosts.toString();
        System.arraycopy(options, 0, words, 4, options.length);
        return Invocation.of(folder, words);
    }

    private static String java(String... words) {
        return Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:TieredStopAtLevel=1 -cp '"
                + System.getProperty("java.class.path") + "' dev.loopgate.cli.Main " + String.join(" ", words);
    }

    /** With mounts that nobody else sees. */
    private String namespace(String script) {
        Programs.require("unshare");
        if (!"root".equals(System.getProperty("user.name"))) {
            Programs.missing("mounts need root");
        }
        return run("unshare", "-m", "sh", "-c", script);
    }

    private String run(String... command) {
        Map<String, String> environment = Map.of("HOME", folder.toString(), "NO_COLOR", "1");
        try (RunningProcess process = RunningProcess.start(folder, environment, List.of(command))) {
            assertThat(process.awaitExit(Duration.ofMinutes(1)))
                    .as(process.stdout() + process.stderr())
                    .isZero();
            return process.stdout();
        }
    }
}
