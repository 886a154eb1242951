package dev.loopgate.cli;

import dev.loopgate.diagnose.NameOrigin;
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

    /** More names than anybody wants to write into a file. */
    private static final int MANY = 16;

    private NameWarnings() {}

    /** Returns at once: a resolver may take seconds. */
    static void checkLater(Terminal terminal, Configuration configuration) {
        List<String> names = configuration.hosts().stream()
                .map(host -> host.pattern())
                .filter(pattern -> pattern.kind() == HostPattern.Kind.EXACT)
                .map(HostPattern::name)
                .filter(name -> !NameOrigin.isAddress(name))
                .toList();
        if (names.isEmpty()) {
            return;
        }
        List<String> asked = names.subList(0, Math.min(names.size(), MOST));
        int unasked = names.size() - asked.size();
        boolean open = configuration.listen().stream().anyMatch(BindAddress::open);
        Thread thread =
                new Thread(() -> tell(terminal, new ResolverCheck().check(asked, open), unasked), "loopgate-names");
        thread.setDaemon(true);
        thread.start();
    }

    /** @param unasked how many names nobody looked up, for there are too many */
    static void tell(Terminal terminal, List<Finding> findings, int unasked) {
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
            if (unasked > 0) {
                terminal.say("  " + unasked + " more names were not looked up");
            }
            mend(terminal, findings);
        }
    }

    private static void mend(Terminal terminal, List<Finding> findings) {
        List<Finding> byName = findings;
        if (findings.stream().filter(NameWarnings::local).count() > MANY) {
            terminal.say("  for every program to find every name below localhost, have the system know them");
            terminal.say("  (a package of Debian and Ubuntu; others have nss-myhostname with systemd):");
            terminal.say("    sudo apt install libnss-myhostname");
            byName = findings.stream().filter(finding -> !local(finding)).toList();
        }
        if (!byName.isEmpty()) {
            terminal.say("  for every program to find " + (byName.size() == 1 ? "it:" : "them:"));
            ResolverCheck.hostsCommands(byName).forEach(command -> terminal.say("    " + command));
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
