package dev.loopgate.http;

/** Durations as a person writes them in the file. */
final class Durations {

    private Durations() {}

    static String text(long nanos) {
        long millis = nanos / 1_000_000;
        if (millis % 1000 != 0) {
            return millis + " ms";
        }
        long seconds = millis / 1000;
        return seconds % 60 != 0 || seconds == 0 ? seconds + " s" : seconds / 60 + " min";
    }
}
