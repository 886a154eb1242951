package dev.loopgate.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Whether the clock can be right: no file was written tomorrow. A wrong one spoils certificates, cookies and caches.
 *
 * @param files that somebody writes now and then
 */
record ClockCheck(Clock clock, List<Path> files) implements Check {

    /** Clocks of file servers differ. */
    private static final Duration TOLERANCE = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public List<Finding> look() {
        Instant now = clock.instant();
        for (Path file : files) {
            try {
                FileTime written = Files.getLastModifiedTime(file);
                if (written.toInstant().isAfter(now.plus(TOLERANCE))) {
                    return List.of(Finding.warn(
                                    name(),
                                    "it is " + text(now) + " by the clock, but " + file + " was written at "
                                            + text(written.toInstant())
                                            + ": a clock that is behind makes certificates invalid and cookies expire late")
                            .fix("sudo timedatectl set-ntp true"));
                }
            } catch (IOException gone) {
                // It says nothing about the time.
            }
        }
        return List.of(Finding.ok(name(), "no file here is from later than now, " + text(now)));
    }

    private static String text(Instant instant) {
        return instant.toString().replaceAll("(:\\d\\d)\\.\\d+Z", "$1Z");
    }
}
