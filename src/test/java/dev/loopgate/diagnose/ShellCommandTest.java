package dev.loopgate.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.net.Printable;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellCommandTest {

    @TempDir
    Path folder;

    @Test
    void a_shell_reads_the_same_words_again() {
        List<String> words = List.of(
                "--config", "/home/ann b/it's \"here\"/loopgate.yaml", "$HOME", "`id`", "*", "", "a\u001b\n\\'b", "é");
        String command = ShellCommand.of(words);
        assertThat(command.codePoints()).allMatch(Printable::is);
        String bash = Programs.require("bash").toString();
        try (RunningProcess shell = RunningProcess.start(
                folder, Map.of("LC_ALL", "C.UTF-8"), List.of(bash, "-c", "printf '<%s>' " + command))) {
            assertThat(shell.awaitExit(Duration.ofSeconds(30))).isZero();
            assertThat(shell.stdout()).isEqualTo("<" + String.join("><", words) + ">");
        }
        assertThat(ShellCommand.of("loopgate", "run", "--config", "/srv/loopgate.yaml"))
                .isEqualTo("loopgate run --config /srv/loopgate.yaml");
    }
}
