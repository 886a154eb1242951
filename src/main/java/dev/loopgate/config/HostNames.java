package dev.loopgate.config;

import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.HostPattern;
import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Host names and patterns of them: letters, digits, hyphens and underscores in labels; others become punycode. */
final class HostNames {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");

    /** The last label of a name that a browser would take for an IPv4 address, or for a broken one. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

    /** IDNA 2003, which Java knows, and browsers disagree on these: sharp s, final sigma and the joiners. */
    private static final Pattern DEVIATION = Pattern.compile("[\u00df\u1e9e\u03c2\u200c\u200d]");

    private static final String LABELS =
            "labels are up to 63 letters, digits, hyphens and underscores, no hyphen at either end";

    private final Problems problems;

    HostNames(Problems problems) {
        this.problems = problems;
    }

    /** The pattern that a key of {@code hosts} stands for. */
    Optional<HostPattern> pattern(Scalar key) {
        String text = key.text();
        if (text.equals("*")) {
            return Optional.of(HostPattern.any());
        }
        if (text.contains("://")) {
            return refuse(key, "is a URL, not a host name", "write the name alone, paths under routes");
        }
        if (text.contains("/")) {
            return refuse(key, "is not a host name", "write the name alone, paths under routes");
        }
        Optional<String> address = bracketed(text);
        if (address.isPresent()) {
            return address.map(HostPattern::exact);
        }
        if (text.contains(":")) {
            return refuse(key, "is not a host name", "names are matched whatever the port: leave it out");
        }
        if (text.startsWith("*.")) {
            return IpLiteral.parse(text.substring(2)).isPresent()
                    ? refuse(key, "has a wildcard before an address", "addresses have no names below them")
                    : name(key, text.substring(2)).map(HostPattern::wildcard);
        }
        if (text.contains("*")) {
            return refuse(
                    key, "has its wildcard in the wrong place", "only the leftmost label may be one: \"*.localhost\"");
        }
        return name(key, text).map(HostPattern::exact);
    }

    /** IPv6 as a Host field has it, in brackets; the key may leave them out. */
    private static Optional<String> bracketed(String text) {
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        return IpLiteral.parse(brackets ? text.substring(1, text.length() - 1) : text)
                .filter(address -> brackets || text.contains(":"))
                .map(address -> IpLiteral.text(address))
                .map(literal -> literal.contains(":") ? "[" + literal + "]" : literal);
    }

    /**
     * A name in lower case and ASCII, without a trailing dot; or an IPv4 literal.
     *
     * @param at what to name in a problem
     */
    Optional<String> name(Scalar at, String text) {
        if (IpLiteral.parse(text).isPresent()) {
            return Optional.of(text);
        }
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (!name.chars().allMatch(c -> c < 0x80)) {
            if (DEVIATION.matcher(name).find()) {
                return refuse(at, "has a character that browsers encode in different ways", "write it as xn--…");
            }
            try {
                name = IDN.toASCII(name);
            } catch (IllegalArgumentException fault) {
                return refuse(at, "is not a valid international name", "write it as xn--…");
            }
        }
        name = name.toLowerCase(Locale.ROOT);
        if (name.isEmpty() || name.length() > 253) {
            return refuse(
                    at,
                    name.isEmpty() ? "is no name" : "is longer than the 253 characters of a name",
                    "name a host, such as app.localhost");
        }
        Optional<String> stray = stray(name);
        if (stray.isPresent()) {
            return refuse(at, stray.get(), LABELS);
        }
        String last = "";
        for (String label : name.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                return refuse(
                        at,
                        label.isEmpty()
                                ? "has an empty label: two dots in a row, or one in front"
                                : "is not a host name, because of " + Problems.quote(label),
                        LABELS);
            }
            last = label;
        }
        if (NUMBER.matcher(last).matches()) {
            return refuse(
                    at,
                    "is neither a name nor an IPv4 address",
                    "an address is four numbers from 0 to 255, without leading zeros");
        }
        return Optional.of(name);
    }

    /** What is wrong with the first character that no name has. */
    private static Optional<String> stray(String name) {
        return name.chars()
                .filter(c -> "abcdefghijklmnopqrstuvwxyz0123456789-_.".indexOf(c) < 0)
                .mapToObj(c -> Character.isWhitespace(c)
                        ? "has a blank in it"
                        : "is not a host name, because of its " + Problems.quote(Character.toString(c)))
                .findFirst();
    }

    private <T> Optional<T> refuse(Scalar at, String message, String hint) {
        problems.error(at.place(), at.shown() + " " + message, hint);
        return Optional.empty();
    }
}
