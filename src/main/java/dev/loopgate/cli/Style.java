package dev.loopgate.cli;

/** Colours and weights of a terminal, or none of them. */
record Style(boolean on) {

    static final Style PLAIN = new Style(false);

    String bold(String text) {
        return in("1", text);
    }

    String dim(String text) {
        return in("2", text);
    }

    String red(String text) {
        return in("31", text);
    }

    String green(String text) {
        return in("32", text);
    }

    String yellow(String text) {
        return in("33", text);
    }

    String cyan(String text) {
        return in("36", text);
    }

    String blue(String text) {
        return in("34", text);
    }

    String magenta(String text) {
        return in("35", text);
    }

    private String in(String code, String text) {
        return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
