package dev.loopgate.config;

import dev.loopgate.config.Item.Listing;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Single values by the type that their place asks for: their text decides, not YAML's own idea of it. */
final class Scalars {

    static final int HIGHEST_PORT = 65_535;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Problems problems;

    Scalars(Problems problems) {
        this.problems = problems;
    }

    /** The item, where it is a value; else a problem. */
    Optional<Scalar> scalar(Item item, String expected) {
        if (item instanceof Scalar scalar && !scalar.isNull()) {
            return Optional.of(scalar);
        }
        problems.error(item.place(), "expected " + expected + ", found " + item.kind());
        return Optional.empty();
    }

    /** The item, where it is a map; else a problem. */
    Optional<Mapping> mapping(Item item, String expected) {
        if (item instanceof Mapping mapping) {
            return Optional.of(mapping);
        }
        String message = "expected " + expected + ", found " + item.kind();
        if (item instanceof Scalar scalar && scalar.plain() && scalar.text().matches("[^\\s:]+:[^\\s/].*")) {
            problems.error(item.place(), message, "is there a space missing behind the colon?");
        } else {
            problems.error(item.place(), message);
        }
        return Optional.empty();
    }

    /** As {@link #mapping}; nothing at all (everything below is commented out) is an empty map. */
    Mapping mappingOrNothing(Item item, String expected) {
        return isNull(item)
                ? new Mapping(item.place(), List.of())
                : mapping(item, expected).orElseGet(() -> new Mapping(item.place(), List.of()));
    }

    /** The items of a list, or the one value that stands for a list of one. */
    List<Item> oneOrMore(Item item) {
        return item instanceof Listing listing ? listing.items() : List.of(item);
    }

    static boolean isNull(Item item) {
        return item instanceof Scalar scalar && scalar.isNull();
    }

    Optional<Integer> integer(Item item, String expected, int least, int most) {
        return scalar(item, expected).flatMap(scalar -> number(scalar, scalar.text(), expected, least, most));
    }

    Optional<Integer> port(Scalar at, String text) {
        return number(at, text, "a port from 1 to 65535", 1, HIGHEST_PORT);
    }

    private Optional<Integer> number(Scalar at, String text, String expected, int least, int most) {
        boolean digits = NUMBER.matcher(text).matches();
        int number = digits ? Integer.parseInt(text) : 0;
        boolean padded = digits && text.length() > 1 && text.startsWith("0");
        if (digits && !padded && number >= least && number <= most) {
            return Optional.of(number);
        }
        String message =
                "expected " + expected + ", found " + (text.equals(at.text()) ? at.shown() : Problems.quote(text));
        if (padded) {
            problems.error(at.place(), message, "write it without leading zeros: " + number);
        } else {
            problems.error(at.place(), message);
        }
        return Optional.empty();
    }

    Optional<Boolean> bool(Item item) {
        return scalar(item, "true or false").flatMap(scalar -> {
            switch (scalar.text()) {
                case "true":
                    return Optional.of(true);
                case "false":
                    return Optional.of(false);
                default:
                    String message = "expected true or false, found " + scalar.shown();
                    switch (scalar.text().toLowerCase(java.util.Locale.ROOT)) {
                        case "yes", "on", "y", "true", "1" -> problems.error(scalar.place(), message, "write true");
                        case "no", "off", "n", "false", "0" -> problems.error(scalar.place(), message, "write false");
                        default -> problems.error(scalar.place(), message);
                    }
                    return Optional.empty();
            }
        });
    }

    /** @param zero what {@code 0} means here; empty where it is not allowed */
    Optional<Duration> duration(Item item, Optional<String> zero) {
        String expected = "a duration such as 250ms, 10s, 5m or 2h"
                + zero.map(text -> ", or 0 for " + text).orElse("");
        return scalar(item, expected).flatMap(scalar -> {
            String text = scalar.text();
            Matcher matcher = DURATION.matcher(text);
            if (text.equals("0") || (matcher.matches() && matcher.group(1).matches("0+"))) {
                if (zero.isPresent()) {
                    return Optional.of(Duration.ZERO);
                }
            } else if (matcher.matches()) {
                Duration duration = duration(Long.parseLong(matcher.group(1)), matcher.group(2));
                if (duration.compareTo(LONGEST) <= 0) {
                    return Optional.of(duration);
                }
                problems.error(scalar.place(), scalar.shown() + " is longer than a year");
                return Optional.empty();
            }
            String message = "expected " + expected + ", found " + scalar.shown();
            if (text.matches("[1-9][0-9]{0,8}")) {
                problems.error(scalar.place(), message, "add a unit: " + text + "s");
            } else {
                problems.error(scalar.place(), message);
            }
            return Optional.empty();
        });
    }

    private static Duration duration(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    /** A path, absolute and normalised; a relative one begins at the folder of the file that says it. */
    Optional<Path> path(Item item, String expected) {
        return scalar(item, expected).flatMap(scalar -> {
            String text = scalar.text();
            if (text.isBlank()) {
                problems.error(scalar.place(), "expected " + expected + ", found nothing");
            } else if (text.equals("~") || text.startsWith("~/")) {
                problems.error(
                        scalar.place(),
                        "\"~\" is not expanded in " + scalar.shown(),
                        "write ${HOME}" + text.substring(1));
            } else {
                try {
                    Path file = scalar.place().file().toAbsolutePath();
                    return Optional.of(file.resolveSibling(text).normalize());
                } catch (InvalidPathException fault) {
                    problems.error(scalar.place(), scalar.shown() + " is not a path: " + fault.getReason());
                }
            }
            return Optional.empty();
        });
    }
}
