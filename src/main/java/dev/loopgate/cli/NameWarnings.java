package dev.loopgate.cli;

import dev.loopgate.diagnose.ResolverCheck;
import dev.loopgate.diagnose.ResolverCheck.Finding;
import dev.loopgate.diagnose.ResolverCheck.Outcome;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import java.util.List;
import java.util.function.Predicate;

/** Warns of names that do not lead to this machine, once the gateway serves them. */
final class NameWarnings {

    /** A list of names, not a book of them. */
    private static final int MOST = 64;

    private static final int LISTED = 5;

    private NameWarnings() {}

    /** Returns at once: a resolver may take seconds. */
    static void checkLater(Terminal terminal, Configuration configuration) {
        List<String> names = configuration.hosts().stream()
                .map(host -> host.pattern())
                .filter(pattern -> pattern.kind() == HostPattern.Kind.EXACT)
                .map(HostPattern::name)
                .filter(name -> !name.startsWith("[") && !name.matches("[0-9.]+"))
                .limit(MOST)
                .toList();
        if (names.isEmpty()) {
            return;
        }
        boolean open = configuration.listen().stream().anyMatch(BindAddress::open);
        Thread thread = new Thread(() -> tell(terminal, new ResolverCheck().check(names, open)), "loopgate-names");
        thread.setDaemon(true);
        thread.start();
    }

    static void tell(Terminal terminal, List<Finding> findings) {
        List<String> unknown = names(findings, finding -> finding.outcome() == Outcome.UNKNOWN);
        if (!unknown.isEmpty()) {
            terminal.warn("the system cannot resolve " + list(unknown));
            if (findings.stream().anyMatch(NameWarnings::local)) {
                terminal.say("  browsers and curl find names below localhost all the same, other programs do not");
            }
        }
        findings.stream()
                .filter(finding -> finding.outcome() == Outcome.ELSEWHERE)
                .map(Finding::text)
                .forEach(terminal::warn);
        if (!findings.isEmpty()) {
            terminal.say("  for every program to find " + (findings.size() == 1 ? "it:" : "them:"));
            ResolverCheck.hostsCommands(findings).forEach(command -> terminal.say("    " + command));
        }
    }

    private static boolean local(Finding finding) {
        return finding.name().endsWith(".localhost") || finding.name().equals("localhost");
    }

    private static List<String> names(List<Finding> findings, Predicate<Finding> which) {
        return findings.stream().filter(which).map(Finding::name).toList();
    }

    private static String list(List<String> names) {
        return names.size() <= LISTED
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, LISTED)) + " and " + (names.size() - LISTED) + " more";
    }
}
