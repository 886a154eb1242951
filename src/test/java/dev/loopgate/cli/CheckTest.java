package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {

    @TempDir
    Path folder;

    @Test
    void a_valid_file_is_counted() throws IOException {
        Path file =
                write("hosts:\n  a.localhost: 3000\n  b.localhost: {routes: {/: 1, /x: 2}}\nforwards:\n  8001: 9001\n");
        Invocation check = Invocation.of(folder, "check", file.toString());
        assertThat(check.out()).isEqualTo(file + ": valid, 2 hosts, 3 routes, 1 forward\n");
        assertThat(check.status()).isZero();
        assertThat(Invocation.of(folder, "check", "--json", file.toString())
                        .json()
                        .getMap())
                .containsEntry("valid", true)
                .containsEntry("hosts", 2)
                .containsEntry("routes", 3)
                .containsEntry("forwards", 1)
                .containsKeys("file", "problems", "warnings");
    }

    @Test
    void every_problem_is_listed_with_its_place() throws IOException {
        Path file = write("hosts:\n  a.localhost: 300000\n  b.localhost: {tto: 3}\n");
        Invocation check = Invocation.of(folder, "check", file.toString());
        assertThat(check.status()).isEqualTo(ExitStatus.INVALID_CONFIGURATION);
        assertThat(check.out().lines())
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(line ->
                        assertThat(line).matches(java.util.regex.Pattern.quote(file.toString()) + ":\\d+:\\d+: .+"));
        assertThat(check.err()).contains("problems in the configuration");
        Invocation json = Invocation.of(folder, "check", "--json", file.toString());
        assertThat(json.status()).isEqualTo(ExitStatus.INVALID_CONFIGURATION);
        assertThat(json.json().getBoolean("valid")).isFalse();
        JsonObject first = json.json().getJsonArray("problems").getJsonObject(0);
        assertThat(first.getMap()).containsEntry("line", 2).containsKeys("file", "column", "message");
    }

    @Test
    void a_file_that_is_named_and_missing_is_an_error_and_none_at_all_another() {
        Invocation missing = Invocation.of(folder, "check", "nope.yaml");
        assertThat(missing.status()).isEqualTo(ExitStatus.INVALID_CONFIGURATION);
        assertThat(missing.err()).contains("there is no file nope.yaml", folder.toString());
        Invocation variable = Invocation.of(folder, Map.of("LOOPGATE_CONFIG", "gone.yaml"), "", "check");
        assertThat(variable.err()).contains("LOOPGATE_CONFIG");
        Invocation empty = Invocation.of(folder, "check", "");
        assertThat(empty.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(empty.err()).contains("the name of the file is empty");
        Invocation none = Invocation.of(folder, "check");
        assertThat(none.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(none.err()).contains("there is no configuration", "loopgate.yaml", "--config FILE");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("gate.yaml"), text);
    }
}
