package dev.loopgate.doctor;

/** A line of the configuration, to be copied as it is. */
final class YamlLine {

    private YamlLine() {}

    /** @param value as the file has it, a number or a word without blanks */
    static String of(String key, String value) {
        return word(key) + ": " + word(value);
    }

    /** A forward from one place to another, with the key that it is written under. */
    static String forward(String from, String to) {
        return "forwards: {" + quoted(from) + ": " + (to.matches("\\d+") ? to : quoted(to)) + "}";
    }

    /** In quotes, unless it begins like a name or a path and goes on without what means something to YAML. */
    static String word(String text) {
        return text.matches("[A-Za-z0-9/][A-Za-z0-9/._@:\\[\\]-]*") && !text.endsWith(":") ? text : quoted(text);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
