package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {

    @TempDir
    Path folder;

    @Test
    void bash_completes_commands_options_files_and_hosts() throws IOException {
        Programs.require("bash");
        String script = """
                source ./loopgate.bash
                typed() {
                  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _loopgate 2>/dev/null; local IFS=' '; echo "${COMPREPLY[*]}"
                }
                typed loopgate st
                typed loopgate status --p
                typed loopgate service st
                typed loopgate service status --js
                typed loopgate check --config ./loopgate.b
                typed loopgate completion z
                typed loopgate explain a
                typed loopgate comp
                """;
        assertThat(run("bash", "loopgate.bash", "bash", "-c", script)).isEqualTo("""
                status
                --pid
                status
                --json
                ./loopgate.bash
                zsh
                app.localhost
                completion
                """);
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
                for text in 'loopgate stat' 'loopgate service un' 'loopgate service status --js' 'loopgate explain ap' 'loopgate status --pi' 'loopgate completion z' 'loopgate check --config ./loopgate.z'
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
                        "loopgate service uninstall",
                        "loopgate service status --json",
                        "loopgate explain app.localhost",
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
                + " complete -C 'loopgate completion z'; complete -C 'loopgate service '; complete -C 'loopgate explain a';"
                + " complete -C 'loopgate service status --'";
        assertThat(run("fish", "loopgate.fish", "fish", "--no-config", "-c", script))
                .contains("status\t", "--pid\t", "zsh", "uninstall\tEnd the", "app.localhost\t", "--json\t")
                .doesNotContain("complete\t");
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
        // What the scripts ask in turn.
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path loopgate = Files.writeString(
                bin.resolve("loopgate"), "#!/bin/sh\n[ \"$*\" = 'complete hosts' ] && echo app.localhost\n");
        Files.setPosixFilePermissions(loopgate, PosixFilePermissions.fromString("rwxr-xr-x"));
        String path = bin + ":" + System.getenv("PATH");
        try (RunningProcess process =
                RunningProcess.start(folder, Map.of("HOME", folder.toString(), "PATH", path), List.of(command))) {
            int status = process.awaitExit(Duration.ofSeconds(30));
            assertThat(process.stderr()).isEmpty();
            assertThat(status).isZero();
            return process.stdout();
        }
    }

    @Test
    void hosts_to_complete_are_those_of_the_file_and_a_broken_one_is_no_complaint() throws IOException {
        Path file = folder.resolve("loopgate.yaml");
        Files.writeString(file, "hosts: {b.localhost: 1, a.localhost: 2, '*.c.localhost': 3}");
        Invocation hosts = Invocation.of(folder, "complete", "hosts");
        assertThat(hosts.out()).isEqualTo("a.localhost\nb.localhost\n");
        Files.writeString(file, "hosts: [");
        assertThat(Invocation.of(folder, "complete", "hosts")).isEqualTo(new Invocation(0, "", ""));
    }
}
