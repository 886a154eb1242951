package dev.loopgate.cli;

import dev.loopgate.diagnose.ResolverCheck;
import dev.loopgate.diagnose.ResolverCheck.Finding;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import java.util.List;

/** Warns of names that do not lead to this machine, once the gateway serves them. */
final class NameWarnings {

    /** A list of names, not a book of them. */
    private static final int MOST = 64;

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

    private static void tell(Terminal terminal, List<Finding> findings) {
        findings.stream().map(Finding::text).limit(3).forEach(terminal::warn);
        if (findings.size() > 3) {
            terminal.warn("the same goes for " + (findings.size() - 3) + " more names");
        }
        if (!findings.isEmpty()) {
            terminal.say("  to have every program find them, add to /etc/hosts:  " + ResolverCheck.hostsLine(findings));
        }
    }
}
