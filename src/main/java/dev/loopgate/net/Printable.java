package dev.loopgate.net;

/** Words from outside, such as a command, a banner or what somebody typed, as they may be shown on a terminal. */
public final class Printable {

    private Printable() {}

    /** On one line; what would move a cursor or turn the reading direction is a question mark. */
    public static String of(String text) {
        return kept(text.replace('\t', ' ').replace('\n', ' ').replace('\r', ' '))
                .strip();
    }

    /** The same, with each character in its place: what is not shown is a question mark, line ends among it. */
    public static String kept(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> shown.appendCodePoint(is(point) ? point : '?'));
        return shown.toString();
    }

    /** Whether nothing in it would be replaced. */
    public static boolean is(String text) {
        return text.codePoints().allMatch(Printable::is);
    }

    /** Whether a character is shown as it is. */
    public static boolean is(int point) {
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
