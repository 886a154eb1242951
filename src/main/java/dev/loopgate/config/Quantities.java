package dev.loopgate.config;

import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.Forward.Rate;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of something in which time. */
final class Quantities {

    private static final int MOST = 1_000_000;
    private static final Pattern RATE = Pattern.compile("([0-9]{1,7})/(s|m|h)");
    private static final Pattern BANDWIDTH = Pattern.compile("([0-9]{1,9})(B|KB|MB|GB|KiB|MiB|GiB)/s");
    private static final long LEAST_BANDWIDTH = 1000;
    private static final long MOST_BANDWIDTH = 1_000_000_000_000L;

    private final Scalars scalars;
    private final Problems problems;

    Quantities(Scalars scalars, Problems problems) {
        this.scalars = scalars;
        this.problems = problems;
    }

    /** So many in a second, a minute or an hour: {@code 20/s}. */
    Optional<Rate> rate(Item item) {
        String expected = "a rate such as 20/s, 100/m or 1000/h, of at most " + MOST;
        return scalars.scalar(item, expected).flatMap(scalar -> {
            Matcher matcher = RATE.matcher(scalar.text());
            int count = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
            if (count < 1 || count > MOST) {
                return refuse(scalar, expected, "/s");
            }
            return Optional.of(new Rate(
                    count,
                    switch (matcher.group(2)) {
                        case "s" -> Duration.ofSeconds(1);
                        case "m" -> Duration.ofMinutes(1);
                        default -> Duration.ofHours(1);
                    }));
        });
    }

    /** Bytes per second: {@code 10MB/s}. */
    Optional<Long> bandwidth(Item item) {
        String expected = "a bandwidth such as 500KB/s or 10MiB/s, of 1KB/s to 1000GB/s";
        return scalars.scalar(item, expected).flatMap(scalar -> {
            Matcher matcher = BANDWIDTH.matcher(scalar.text());
            long bytes = matcher.matches() ? Long.parseLong(matcher.group(1)) * factor(matcher.group(2)) : 0;
            return bytes < LEAST_BANDWIDTH || bytes > MOST_BANDWIDTH
                    ? refuse(scalar, expected, scalar.text().matches("[0-9]+") ? "KB/s" : "/s")
                    : Optional.of(bytes);
        });
    }

    private static long factor(String unit) {
        return switch (unit) {
            case "B" -> 1;
            case "KB" -> 1000;
            case "MB" -> 1_000_000;
            case "GB" -> 1_000_000_000;
            case "KiB" -> 1 << 10;
            case "MiB" -> 1 << 20;
            default -> 1 << 30;
        };
    }

    private <T> Optional<T> refuse(Scalar scalar, String expected, String unit) {
        String message = "expected " + expected + ", found " + scalar.shown();
        if (scalar.text().matches("[1-9][0-9]*([KMG]i?B)?")) {
            problems.error(scalar.place(), message, "add a unit: " + scalar.text() + unit);
        } else {
            problems.error(scalar.place(), message);
        }
        return Optional.empty();
    }
}
