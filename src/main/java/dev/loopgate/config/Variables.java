package dev.loopgate.config;

import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Expands "${NAME}" and "${NAME:-default}" in values; "$${" stands for a literal "${". */
final class Variables {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final UnaryOperator<@Nullable String> environment;
    private final Problems problems;

    Variables(UnaryOperator<@Nullable String> environment, Problems problems) {
        this.environment = environment;
        this.problems = problems;
    }

    /** The text with every variable replaced, once: what a variable holds is not expanded again. */
    String expand(String text, Place place) {
        int at = text.indexOf("${");
        if (at < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (at >= 0) {
            if (at > 0 && text.charAt(at - 1) == '$') {
                out.append(text, from, at - 1).append("${");
                from = at + 2;
            } else {
                int end = text.indexOf('}', at);
                if (end < 0) {
                    problems.errorAndNoMore(place, "\"${\" without its \"}\"", "write $${ for a literal ${");
                    return text;
                }
                out.append(text, from, at).append(value(text.substring(at + 2, end), place));
                from = end + 1;
            }
            at = text.indexOf("${", from);
        }
        return out.append(text, from, text.length()).toString();
    }

    /** The value of what stands between the braces; a set but empty variable takes the default too, as in a shell. */
    private String value(String inner, Place place) {
        int colon = inner.indexOf(":-");
        String name = colon < 0 ? inner : inner.substring(0, colon);
        if (!NAME.matcher(name).matches() || inner.contains("${")) {
            problems.errorAndNoMore(
                    place,
                    "\"${" + inner + "}\" names no variable",
                    "${NAME} or ${NAME:-default}; $${ for a literal ${");
            return "";
        }
        String value = environment.apply(name);
        if (colon >= 0) {
            return value == null || value.isEmpty() ? inner.substring(colon + 2) : value;
        }
        if (value == null) {
            problems.errorAndNoMore(
                    place,
                    "the environment variable " + name + " is not set",
                    "set it, or write ${" + name + ":-default}");
            return "";
        }
        return value;
    }
}
