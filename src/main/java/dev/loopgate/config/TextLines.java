package dev.loopgate.config;

/** The lines of a text, found from indices of its chars. A line ends with LF, CR or both. */
record TextLines(String text) {

    /** Where the line of that char begins. */
    int start(int index) {
        int at = index;
        while (at > 0 && !isBreak(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    /** Where the line of that char ends, without its break. */
    int end(int index) {
        int at = index;
        while (at < text.length() && !isBreak(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Where the next line begins, or the end of the text. */
    int next(int index) {
        int at = end(index);
        if (at < text.length() && text.charAt(at) == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
            return at + 2;
        }
        return Math.min(text.length(), at + 1);
    }

    /** Where the line before begins; for the first line its own start. */
    int previous(int index) {
        int start = start(index);
        if (start == 0) {
            return 0;
        }
        int before = start - 1;
        if (before > 0 && text.charAt(before) == '\n' && text.charAt(before - 1) == '\r') {
            before--;
        }
        return start(before);
    }

    /** Of the line of that char. */
    int indent(int index) {
        int start = start(index);
        int at = start;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at - start;
    }

    /** Whether it has blanks only. */
    boolean blank(int index) {
        return text.substring(start(index), end(index)).isBlank();
    }

    /** Whether it is nothing but a comment. */
    boolean comment(int index) {
        return text.substring(start(index), end(index)).stripLeading().startsWith("#");
    }

    /** What ends the first line, or LF. */
    String breaking() {
        int end = end(0);
        return end == text.length() ? "\n" : text.substring(end, next(0));
    }

    private static boolean isBreak(char c) {
        return c == '\n' || c == '\r';
    }
}
