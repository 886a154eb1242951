package dev.loopgate.diagnose;

/** Words from outside, such as a command or a banner, as they may be shown on a terminal. */
final class Printable {

    private Printable() {}

    /** On one line; what would move a cursor or turn the reading direction is a question mark. */
    static String of(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\t' || point == '\n' || point == '\r') {
                shown.append(' ');
            } else {
                shown.appendCodePoint(is(point) ? point : '?');
            }
        });
        return shown.toString().strip();
    }

    static boolean is(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
