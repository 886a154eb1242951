package dev.loopgate.lan;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import java.util.ArrayList;
import java.util.List;

/** A text as a QR code for a terminal, two rows of it in a line. */
public final class QrCode {

    /** ISO/IEC 18004 wants four modules around it; two are enough on a screen. */
    private static final int QUIET = 2;

    /** White on black, whatever the terminal's own colours are. */
    private static final String COLOURS = "\u001b[38;5;231;48;5;16m";

    private static final String PLAIN = "\u001b[0m";

    private final ByteMatrix modules;

    private QrCode(ByteMatrix modules) {
        this.modules = modules;
    }

    /** @throws IllegalArgumentException where the text is too long for one, at about 2,900 characters */
    public static QrCode of(String text) {
        try {
            return new QrCode(Encoder.encode(text, ErrorCorrectionLevel.L).getMatrix());
        } catch (WriterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * The light modules as blocks, so that it looks right on a dark background.
     *
     * @param coloured whether to set the background as well, by ANSI sequences
     */
    public List<String> lines(boolean coloured) {
        List<String> lines = new ArrayList<>();
        for (int y = -QUIET; y < modules.getHeight() + QUIET; y += 2) {
            StringBuilder line = new StringBuilder();
            for (int x = -QUIET; x < modules.getWidth() + QUIET; x++) {
                line.append(block(light(x, y), light(x, y + 1)));
            }
            lines.add(coloured ? COLOURS + line + PLAIN : line.toString());
        }
        return lines;
    }

    private boolean light(int x, int y) {
        boolean within = x >= 0 && y >= 0 && x < modules.getWidth() && y < modules.getHeight();
        return !within || modules.get(x, y) == 0;
    }

    private static char block(boolean upper, boolean lower) {
        if (upper) {
            return lower ? '\u2588' : '\u2580';
        }
        return lower ? '\u2584' : ' ';
    }
}
