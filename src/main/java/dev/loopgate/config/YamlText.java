package dev.loopgate.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Bytes to text. */
final class YamlText {

    static final int LARGEST = 8 << 20;

    private final Path file;
    private final Problems problems;

    YamlText(Path file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** The text without a byte order mark; empty, with a problem, where the bytes are no text. */
    Optional<String> decode(byte[] bytes) {
        if (bytes.length > LARGEST) {
            problems.error(start(), "the file has more than 8 MiB");
            return Optional.empty();
        }
        if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) {
            problems.error(start(), "the file is in UTF-16", "save it as UTF-8");
            return Optional.empty();
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            problems.error(
                    placeOf(text, text.length()),
                    String.format("byte 0x%02x is not UTF-8 here", bytes[in.position()] & 0xff),
                    "save the file as UTF-8");
            return Optional.empty();
        }
        String body = text.startsWith("\ufeff") ? text.substring(1) : text;
        if (body.isBlank()) {
            problems.error(start(), "the file is empty", "write {} for a configuration that says nothing");
            return Optional.empty();
        }
        return Optional.of(isJson(body) ? asYaml(body) : body);
    }

    /** @param index of a char in the text; a line ends with LF, CR, or both */
    Place placeOf(String text, int index) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < index; i++) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '\r' && !(i + 1 < text.length() && text.charAt(i + 1) == '\n'))) {
                line++;
                start = i + 1;
            }
        }
        return new Place(file, line, text.codePointCount(start, Math.max(start, index)) + 1);
    }

    Place start() {
        return new Place(file, 1, 1);
    }

    private static boolean startsWith(byte[] bytes, int first, int second) {
        return bytes.length > 1 && (bytes[0] & 0xff) == first && (bytes[1] & 0xff) == second;
    }

    private boolean isJson(String text) {
        return file.toString().endsWith(".json") || text.stripLeading().startsWith("{");
    }

    /**
     * What JSON has and YAML 1.1 has not: tabs between tokens, where a space means the same, and the escape of a slash, which
     * becomes the slash (the columns behind it in its line are then one less).
     */
    private static String asYaml(String json) {
        if (json.indexOf('\t') < 0 && !json.contains("\\/")) {
            return json;
        }
        StringBuilder out = new StringBuilder(json.length());
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '\\' && quoted && i + 1 < json.length()) {
                i++;
                out.append(json.charAt(i) == '/' ? "" : "\\").append(json.charAt(i));
                continue;
            }
            quoted ^= c == '"';
            out.append(c == '\t' && !quoted ? ' ' : c);
        }
        return out.toString();
    }
}
