package dev.loopgate.routing;

/**
 * The ways in which servers read one path. They differ in whether an escaped slash or a backslash separates segments, whether
 * doubled slashes are one, whether path parameters ({@code ;x=y}) are cut off, and whether dot segments are resolved
 * (RFC 3986 §5.2.4); each of these is a flag, and a reading is a set of them. All readings decode the other escapes.
 */
final class PathReadings {

    /** {@code %2F}, {@code \} and {@code %5C} separate segments. */
    static final int SLASHES = 1;

    /** Doubled slashes are one. */
    static final int MERGE = 2;

    /** A semicolon and what follows it in the segment is cut off. */
    static final int PARAMETERS = 4;

    /** Dot segments are resolved. */
    static final int DOTS = 8;

    private PathReadings() {}

    /** Whether any reading could differ from the bytes as they stand. */
    static boolean suspicious(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b < 0 || b == '%' || b == '\\' || b == ';') {
                return true;
            }
            if (b == '/' && i + 1 < end && (bytes[i + 1] == '/' || bytes[i + 1] == '.')) {
                return true;
            }
        }
        return false;
    }

    /** The flags that change anything about this path. */
    static int flags(byte[] bytes, int start, int end) {
        int flags = 0;
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b == '%') {
                int value = escape(bytes, i, end);
                flags |= value == '/' || value == '\\' ? SLASHES | MERGE : value == '.' ? DOTS : 0;
            } else if (b == '\\') {
                flags |= SLASHES | MERGE;
            } else if (b == ';') {
                flags |= PARAMETERS | MERGE;
            } else if (b == '.') {
                flags |= DOTS;
            } else if (b == '/' && i + 1 < end && bytes[i + 1] == '/') {
                flags |= MERGE;
            }
        }
        return flags;
    }

    /**
     * Reads a path.
     *
     * @param out at least as long as the path, which begins with a slash
     * @return the length of the reading, which begins with a slash too
     */
    static int read(byte[] bytes, int start, int end, int flags, byte[] out) {
        int length = decode(bytes, start, end, flags, out);
        return resolve(out, length, (flags & MERGE) != 0, (flags & DOTS) != 0);
    }

    private static int decode(byte[] bytes, int start, int end, int flags, byte[] out) {
        boolean slashes = (flags & SLASHES) != 0;
        boolean cutParameters = (flags & PARAMETERS) != 0;
        boolean cutting = false;
        int length = 0;
        int i = start;
        while (i < end) {
            int value = bytes[i] == '%' ? escape(bytes, i, end) : -1;
            int width = value < 0 ? 1 : 3;
            byte b = value < 0 ? bytes[i] : (byte) value;
            boolean separator = (b == '/' && width == 1) || (slashes && (b == '/' || b == '\\'));
            cutting = !separator && (cutting || (cutParameters && b == ';' && width == 1));
            if (separator) {
                out[length++] = '/';
            } else if (width == 3 && (b == '/' || b == '\\')) {
                // Stays an escape, so that it cannot be taken for a separator; in capitals, to compare with a prefix.
                out[length++] = '%';
                out[length++] = (byte) (b == '/' ? '2' : '5');
                out[length++] = (byte) (b == '/' ? 'F' : 'C');
            } else if (!cutting) {
                out[length++] = b;
            }
            i += width;
        }
        return length;
    }

    /** Works in place: what is written is never longer than what was read. */
    private static int resolve(byte[] path, int length, boolean merge, boolean dots) {
        int written = 0;
        int at = 0;
        while (at < length) {
            int segment = at + 1;
            int next = segment;
            while (next < length && path[next] != '/') {
                next++;
            }
            boolean last = next == length;
            int size = next - segment;
            int dotCount = dots ? dots(path, segment, size) : 0;
            if (dotCount > 0) {
                if (dotCount == 2) {
                    while (written > 0 && path[--written] != '/') {
                        // back to the slash of the segment before
                    }
                }
                if (last) {
                    path[written++] = '/';
                }
            } else if (size > 0 || last || !merge) {
                path[written++] = '/';
                System.arraycopy(path, segment, path, written, size);
                written += size;
            }
            at = next;
        }
        if (written == 0) {
            path[written++] = '/';
        }
        return written;
    }

    private static int dots(byte[] path, int segment, int size) {
        if (size == 1 && path[segment] == '.') {
            return 1;
        }
        return size == 2 && path[segment] == '.' && path[segment + 1] == '.' ? 2 : 0;
    }

    /** The byte that an escape stands for, or -1 where the percent sign begins none. */
    private static int escape(byte[] bytes, int at, int end) {
        if (at + 2 >= end) {
            return -1;
        }
        int high = Character.digit(bytes[at + 1], 16);
        int low = Character.digit(bytes[at + 2], 16);
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }
}
