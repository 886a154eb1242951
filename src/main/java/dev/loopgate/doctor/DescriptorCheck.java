package dev.loopgate.doctor;

import dev.loopgate.doctor.Circumstances.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whether gateways have as many descriptors as they need: each connection takes two of them. Linux tells (proc(5)). */
record DescriptorCheck(SystemFiles files, List<Setup> setups) implements Check {

    private static final Pattern LIMIT = Pattern.compile("Max open files\\s+(\\d+)\\s+(\\d+)");

    /** A browser opens six connections to each host, and each has another one behind it. */
    private static final int PER_HOST = 12;

    /** The jar, the log, event loops and what a JVM has open. */
    private static final int OWN = 120;

    @Override
    public String name() {
        return "descriptors";
    }

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        for (Setup setup : setups) {
            String process =
                    setup.gateway().map(gateway -> Long.toString(gateway.pid())).orElse("self");
            Matcher limits = LIMIT.matcher(files.text("proc/" + process + "/limits"));
            if (limits.find()) {
                // Java raises its own limit as far as it may, so that a gateway to come will have the hard one.
                long limit = Long.parseLong(limits.group(setup.gateway().isPresent() ? 1 : 2));
                findings.add(judge(setup, process, limit));
            }
        }
        return findings;
    }

    private Finding judge(Setup setup, String process, long limit) {
        long needed = OWN
                + setup.configuration()
                        .map(configuration -> configuration.hosts().size() * (long) PER_HOST
                                + configuration.forwards().size() * 2L)
                        .orElse(0L);
        String who = setup.gateway().isPresent() ? "the gateway of " + setup.name() : "a gateway for " + setup.name();
        long used = setup.gateway().isPresent() ? used(process) : 0;
        // Of a gateway that runs, at once; of one to come, in the shell that is to start it.
        String fix = "sudo prlimit --pid " + (setup.gateway().isPresent() ? process : "$$") + " --nofile=65536:65536";
        if (used * 10 > limit * 9) {
            return Finding.fail(
                            name(),
                            who + " has " + used + " of " + limit + " descriptors open: connections are refused")
                    .fix(fix);
        }
        if (needed > limit) {
            return Finding.warn(
                            name(),
                            who + " may open " + limit + " descriptors, and its hosts and forwards can take " + needed)
                    .fix(fix);
        }
        return Finding.ok(name(), who + (used > 0 ? " has " + used + " of " + limit + " open" : " may open " + limit));
    }

    private long used(String process) {
        Path folder = files.root().resolve("proc/" + process + "/fd");
        try (Stream<Path> open = Files.list(folder)) {
            return open.count();
        } catch (IOException notOurs) {
            return 0;
        }
    }
}
