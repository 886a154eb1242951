package dev.loopgate.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the command line asked for.
 *
 * @param cases names of cases; empty for all
 * @param rounds how often each proxy is measured per case
 * @param span how long each measurement takes
 * @param warmUp how long a proxy that compiles itself is loaded before it is measured; others at most {@link #OPENED}
 * @param rate requests per second of the open loop
 * @param checkout the folder of the launcher
 */
record Settings(List<String> cases, int rounds, Duration span, Duration warmUp, int rate, Path checkout) {

    static Settings fromSystemProperties() {
        return new Settings(
                List.of(property("cases", "").split("[, ]+")).stream()
                        .filter(name -> !name.isEmpty())
                        .toList(),
                Math.max(1, Integer.parseInt(property("rounds", "3"))),
                seconds(property("seconds", "1")),
                seconds(property("warmup", "10")),
                Integer.parseInt(property("rate", "2000")),
                Path.of(property("home", ".")).toAbsolutePath().normalize());
    }

    /** Enough to open connections and files. */
    private static final Duration OPENED = Duration.ofSeconds(1);

    Duration warmUp(Peer peer) {
        return peer.compilesItself() || warmUp.compareTo(OPENED) < 0 ? warmUp : OPENED;
    }

    Path results() {
        return checkout.resolve("target").resolve("bench");
    }

    /** As many as there are cores, for every proxy. */
    int workers() {
        return Runtime.getRuntime().availableProcessors();
    }

    boolean wants(String name) {
        return cases.isEmpty() || cases.contains(name);
    }

    private static Duration seconds(String text) {
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
    }

    private static String property(String name, String otherwise) {
        String given = System.getProperty("bench." + name, "").strip();
        return given.isEmpty() ? otherwise : given;
    }
}
