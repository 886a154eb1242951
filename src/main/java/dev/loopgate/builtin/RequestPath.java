package dev.loopgate.builtin;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The path of a request as names within a folder.
 *
 * @param names decoded; none is empty, {@code .} or {@code ..}, or has a separator or a control character
 * @param asFolder whether the path ends in a slash
 */
record RequestPath(List<String> names, boolean asFolder) {

    RequestPath {
        names = List.copyOf(names);
    }

    /**
     * Reads the path of a request target. Whatever could mean another place to somebody else is no name of a file: dot
     * segments, separators behind an escape, bytes that are not UTF-8 (RFC 3629 forbids longer forms than needed), and
     * names that begin with a dot, but for {@code /.well-known} (RFC 8615).
     *
     * @param target path and query as sent
     * @return empty where no file can be meant
     */
    static Optional<RequestPath> of(String target) {
        int end = target.indexOf('?');
        String path = end < 0 ? target : target.substring(0, end);
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty()) {
                continue;
            }
            Optional<String> name = decode(segment);
            if (name.isEmpty() || !visible(name.get(), names.isEmpty())) {
                return Optional.empty();
            }
            names.add(name.get());
        }
        return Optional.of(new RequestPath(names, path.endsWith("/")));
    }

    /** Whether the last name has something like an extension; those that have none are rather pages than files. */
    boolean hasExtension() {
        return !asFolder && !names.isEmpty() && names.get(names.size() - 1).indexOf('.') > 0;
    }

    private static boolean visible(String name, boolean first) {
        if (name.startsWith(".") && !(first && name.equals(".well-known"))) {
            return false;
        }
        return name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
    }

    private static Optional<String> decode(String segment) {
        byte[] bytes = new byte[segment.length()];
        int length = 0;
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            int value = c;
            if (c == '%') {
                int high = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
                int low = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                value = high << 4 | low;
                i += 2;
            } else if (c > 0xff) {
                return Optional.empty();
            }
            bytes[length++] = (byte) value;
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
