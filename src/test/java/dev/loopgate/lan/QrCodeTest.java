package dev.loopgate.lan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QrCodeTest {

    private static final int QUIET = 2;

    /** What a camera makes of it: dark where nothing is drawn. */
    private static String scanned(List<String> lines) throws Exception {
        int size = lines.get(0).length() - 2 * QUIET;
        BitMatrix modules = new BitMatrix(size);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                char block = lines.get((y + QUIET) / 2).charAt(x + QUIET);
                boolean upper = (y + QUIET) % 2 == 0;
                boolean light = block == '\u2588' || block == (upper ? '\u2580' : '\u2584');
                if (!light) {
                    modules.set(x, y);
                }
            }
        }
        return new Decoder().decode(modules).getText();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.1/",
                "http://192.168.178.123:62893/",
                "http://[2001:db8:1234:5678:9abc:def0:1234:5678]:62893/some/path?with=a&query"
            })
    void says_what_it_was_made_of(String text) throws Exception {
        List<String> lines = QrCode.of(text).lines(false);
        assertThat(scanned(lines)).isEqualTo(text);
        assertThat(lines)
                .allSatisfy(line -> assertThat(line).hasSize(lines.get(0).length()));
    }

    @Test
    void has_a_light_margin_and_fits_a_terminal() {
        List<String> lines = QrCode.of("http://192.168.178.123:62893/").lines(false);
        assertThat(lines.get(0)).matches("\u2588+");
        assertThat(lines)
                .allSatisfy(line -> assertThat(line).startsWith("\u2588\u2588").endsWith("\u2588\u2588"));
        assertThat(lines).hasSizeLessThan(24);
    }

    @Test
    void is_the_same_in_colours_of_its_own() {
        QrCode code = QrCode.of("http://10.0.0.1/");
        assertThat(code.lines(true))
                .extracting(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                .isEqualTo(code.lines(false));
        assertThat(code.lines(true)).allSatisfy(line -> assertThat(line).endsWith("\u001b[0m"));
    }

    @Test
    void a_text_that_is_too_long_is_refused() {
        assertThatThrownBy(() -> QrCode.of("x".repeat(5000))).isInstanceOf(IllegalArgumentException.class);
    }
}
