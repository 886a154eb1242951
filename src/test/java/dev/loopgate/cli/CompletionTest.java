package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {

    @TempDir
    Path folder;

    @Test
    void bash_completes_commands_and_options() throws IOException {
        Programs.require("bash");
        String script = "compopt() { :; }; source ./loopgate.bash; "
                + "COMP_WORDS=(loopgate st); COMP_CWORD=1; COMP_LINE='loopgate st'; COMP_POINT=11; "
                + "_complete_loopgate; echo \"${COMPREPLY[@]}\"; "
                + "COMP_WORDS=(loopgate status --p); COMP_CWORD=2; COMP_LINE='loopgate status --p'; COMP_POINT=19; "
                + "_complete_loopgate; echo \"${COMPREPLY[@]}\"";
        assertThat(run("bash", "loopgate.bash", "bash", "-c", script)).isEqualTo("status\n--pid\n");
    }

    @Test
    void zsh_takes_the_script() throws IOException {
        Programs.require("zsh");
        String script = "autoload -Uz compinit; compinit -u -D; source ./loopgate.zsh; whence -w _complete_loopgate";
        assertThat(run("zsh", "loopgate.zsh", "zsh", "-f", "-c", script)).contains("_complete_loopgate: function");
    }

    @Test
    void fish_completes_commands_options_and_shells() throws IOException {
        Programs.require("fish");
        String script = "source ./loopgate.fish; complete -C 'loopgate st'; complete -C 'loopgate status --p';"
                + " complete -C 'loopgate completion z'";
        assertThat(run("fish", "loopgate.fish", "fish", "--no-config", "-c", script))
                .contains("status\t", "--pid\t", "zsh");
    }

    @Test
    void fish_script_names_every_command() {
        String script = Invocation.of(folder, "completion", "fish").out();
        assertThat(script)
                .contains("-a run ", "-a check ", "-a 'bash zsh fish'", "-l config", "-s c", " -r -F")
                .doesNotContain("${");
    }

    private String run(String shell, String file, String... command) throws IOException {
        Invocation completion = Invocation.of(folder, "completion", shell);
        assertThat(completion.status()).isZero();
        Files.writeString(folder.resolve(file), completion.out());
        try (RunningProcess process =
                RunningProcess.start(folder, Map.of("HOME", folder.toString()), List.of(command))) {
            int status = process.awaitExit(Duration.ofSeconds(30));
            assertThat(process.stderr()).isEmpty();
            assertThat(status).isZero();
            return process.stdout();
        }
    }
}
