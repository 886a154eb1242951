package dev.loopgate.e2e;

import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.RunningProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a running gateway holds: memory, descriptors, and whom it serves. */
record Footprint(PackagedGateway gateway) {

    static final double MIB = 1024 * 1024;

    private static final Pattern RESIDENT = Pattern.compile("^VmRSS:\\s+(\\d+) kB$", Pattern.MULTILINE);
    private static final Pattern LIVE = Pattern.compile("^Total\\s+\\d+\\s+(\\d+)", Pattern.MULTILINE);

    /** Memory of the process that is in use, in MiB. */
    double resident() {
        return number(RESIDENT, read("status")) * 1024 / MIB;
    }

    /** What is left of the heap once everything is collected that can be, in MiB. */
    double live() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try (RunningProcess process = RunningProcess.start(
                Path.of("."), Map.of(), List.of(jcmd, Long.toString(pid()), "GC.class_histogram"))) {
            int status = process.awaitExit(Rig.LIMIT);
            if (status != 0) {
                throw new AssertionError("jcmd: " + process.stdout() + process.stderr());
            }
            return number(LIVE, process.stdout()) / MIB;
        }
    }

    long descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connections of clients over HTTP. */
    int clients() {
        return status().getInteger("connections");
    }

    /** Connections and sessions of each forward. */
    List<Integer> forwarded() {
        JsonArray forwards = status().getJsonArray("forwards");
        return forwards.stream()
                .map(forward -> ((JsonObject) forward).getInteger("connections"))
                .toList();
    }

    boolean isEmpty() {
        return clients() == 0 && forwarded().stream().allMatch(open -> open == 0);
    }

    @Override
    public String toString() {
        return "%.1f MiB, %d descriptors%n%s".formatted(resident(), descriptors(), status());
    }

    private JsonObject status() {
        return new JsonObject(gateway.command("status", "--json").stdout());
    }

    private long pid() {
        return gateway.process().pid();
    }

    private String read(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new AssertionError(pattern + " is not in " + text);
        }
        return Long.parseLong(found.group(1));
    }
}
