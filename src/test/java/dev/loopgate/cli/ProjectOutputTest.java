package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProjectOutputTest {

    @Test
    void colours_pass_and_end_with_the_line() {
        assertThat(ProjectOutput.tame("a \u001b[1;32mgreen", true)).isEqualTo("a \u001b[1;32mgreen\u001b[0m");
        assertThat(ProjectOutput.tame("a \u001b[1;32mgreen\u001b[0m", false)).isEqualTo("a green");
    }

    @Test
    void nothing_else_moves_the_cursor_or_sets_the_terminal() {
        assertThat(ProjectOutput.tame("\u001b[2J\u001b[1;1Ha\u001b]0;title\u0007b\u001bcc\u0008\td\u009b", true))
                .isEqualTo("abc\td");
    }
}
