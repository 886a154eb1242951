package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.gateway.ReloadReport;
import dev.loopgate.gateway.ReloadReport.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatewayVoiceTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final GatewayVoice voice = new GatewayVoice(
            Terminal.of(
                    new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    name -> null,
                    ""),
            "gate.yaml");

    @Test
    void the_same_problems_are_told_in_full_only_once() {
        voice.started();
        voice.reloaded(invalid("gate.yaml:1:1: wrong", "gate.yaml:2:1: worse"));
        voice.reloaded(invalid("gate.yaml:1:1: wrong", "gate.yaml:2:1: worse"));
        voice.reloaded(invalid("gate.yaml:2:1: worse"));
        voice.reloaded(invalid("gate.yaml:2:1: worse"));
        voice.reloaded(ReloadReport.withoutChange(Outcome.UNCHANGED, 0, List.of(), List.of()));
        voice.reloaded(invalid("gate.yaml:2:1: worse"));
        assertThat(said())
                .containsExactly(
                        "gate.yaml:1:1: wrong",
                        "gate.yaml:2:1: worse",
                        "not reloaded gate.yaml: 2 problems; still serving the previous configuration",
                        "still not reloaded gate.yaml: the same 2 problems as before",
                        "gate.yaml:2:1: worse",
                        "not reloaded gate.yaml: 1 problem; still serving the previous configuration",
                        "still not reloaded gate.yaml: the same problem as before",
                        "reloaded gate.yaml: nothing changed",
                        "gate.yaml:2:1: worse",
                        "not reloaded gate.yaml: 1 problem; still serving the previous configuration");
    }

    private List<String> said() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static ReloadReport invalid(String... problems) {
        return ReloadReport.withoutChange(Outcome.INVALID, 0, List.of(), List.of(problems));
    }
}
