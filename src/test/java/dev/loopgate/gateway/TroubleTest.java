package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TroubleTest {

    @Test
    void tells_how_to_give_a_configuration_more_memory() {
        assertThat(Trouble.words(new OutOfMemoryError("Java heap space")))
                .contains("needs more memory than the ")
                .contains("LOOPGATE_JAVA_OPTS=-Xmx")
                .doesNotContain("heap");
        assertThat(Trouble.words(new IllegalStateException("the folder is gone")))
                .isEqualTo("the folder is gone");
    }
}
