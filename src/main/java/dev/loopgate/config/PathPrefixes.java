package dev.loopgate.config;

import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.PathPrefix;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Path prefixes: of routes, rewrites and upstreams. Only such as can be compared byte for byte (RFC 3986 §6.2.2). */
final class PathPrefixes {

    /** RFC 3986 pchar, less escapes and less the asterisk, which would look like a wildcard. */
    private static final Pattern SEGMENTS = Pattern.compile("(/[A-Za-z0-9._~!$&'()+,;=:@-]*)+");

    private final Problems problems;

    PathPrefixes(Problems problems) {
        this.problems = problems;
    }

    /** @param text the prefix, which may be a part of what {@code at} says */
    Optional<PathPrefix> prefix(Scalar at, String text) {
        if (!text.startsWith("/")) {
            return refuse(at, text, "does not begin with a slash", "write \"/" + text + "\"");
        }
        if (text.endsWith("/*") || text.endsWith("/**")) {
            return refuse(
                    at,
                    text,
                    "is a pattern",
                    "a prefix matches everything below it: write \"" + text.replaceFirst("(.)/?\\*+$", "$1") + "\"");
        }
        if (text.contains("%")) {
            return refuse(at, text, "has an escape", "prefixes are compared as they are written: leave it out");
        }
        if (text.contains("?") || text.contains("#")) {
            return refuse(at, text, "is more than a path", "leave out what begins with ? or #");
        }
        if (text.contains("//")) {
            return refuse(at, text, "has two slashes in a row", "write one");
        }
        if (List.of(text.split("/", -1)).stream().anyMatch(part -> part.equals(".") || part.equals(".."))) {
            return refuse(at, text, "has a dot segment", "write the path that it leads to");
        }
        if (!SEGMENTS.matcher(text).matches()) {
            return refuse(
                    at,
                    text,
                    "has a character that paths do not have",
                    "letters, digits and -._~!$&'()+,;=:@ make a prefix");
        }
        return Optional.of(
                new PathPrefix(text.length() > 1 && text.endsWith("/") ? text.substring(0, text.length() - 1) : text));
    }

    private Optional<PathPrefix> refuse(Scalar at, String text, String message, String hint) {
        String shown = text.equals(at.text()) ? at.shown() : Problems.quote(text) + " of " + at.shown();
        problems.error(at.place(), "the path " + shown + " " + message, hint);
        return Optional.empty();
    }
}
