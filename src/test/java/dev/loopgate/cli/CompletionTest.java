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

    /** In a terminal of its own, since zsh completes nowhere else; Ctrl-X shows what a line has become. */
    @Test
    void zsh_completes_commands_options_and_shells() throws IOException {
        Programs.require("zsh");
        String typed = """
                zmodload zsh/zpty
                zpty shell zsh -f -i
                zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source ./loopgate.zsh'
                zpty -w shell 'show() { print -r -- "<$BUFFER>"; BUFFER= }; zle -N show; bindkey "^X" show; echo rea""dy'
                zpty -r shell seen '*ready*'
                for text in 'loopgate stat' 'loopgate status --pi' 'loopgate completion z' 'loopgate check --config ./loopgate.z'
                do
                  zpty -w -n shell $text$'\\t\\x18'
                  zpty -r shell seen '*<*>*'
                  print -r -- ${${seen##*<}%%>*}
                done
                zpty -d shell
                """;
        assertThat(run("zsh", "loopgate.zsh", "zsh", "-f", "-c", typed).lines().map(String::strip))
                .containsExactly(
                        "loopgate status",
                        "loopgate status --pid",
                        "loopgate completion zsh",
                        "loopgate check --config ./loopgate.zsh");
    }

    @Test
    void zsh_script_is_one_of_its_own_kind() {
        assertThat(Invocation.of(folder, "completion", "zsh").out())
                .startsWith("#compdef loopgate\n")
                .contains("'run:Run the gateway in the foreground.'", "--config", "(bash zsh fish)")
                .doesNotContain("bash_", "${");
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
