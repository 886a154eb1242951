package dev.loopgate.doctor;

import dev.loopgate.diagnose.HostsFile;
import dev.loopgate.diagnose.HostsFile.Entry;
import dev.loopgate.diagnose.NameOrigin;
import dev.loopgate.diagnose.ResolverCheck;
import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether names lead to the gateway, and what leads them elsewhere.
 *
 * @param names without wildcards, each a host of a configuration
 * @param open whether the gateway listens on addresses other than loopback too
 */
record NameCheck(List<String> names, boolean open, ResolverCheck resolver, HostsFile hosts, NameServers servers)
        implements Check {

    /** Public names that lead to loopback by design, and are lost to filters against DNS rebinding for that. */
    private static final Pattern LOOPBACK_NAMES = Pattern.compile(
            "(.*\\.)?(localtest\\.me|lvh\\.me|vcap\\.me|lacolhost\\.com|nip\\.io|sslip\\.io|traefik\\.me|local\\.gd)");

    @Override
    public String name() {
        return "name";
    }

    @Override
    public List<Finding> look() {
        Map<String, ResolverCheck.Finding> wrong = new LinkedHashMap<>();
        resolver.check(names, open).forEach(finding -> wrong.put(finding.name(), finding));
        List<Finding> findings = new ArrayList<>();
        List<String> good = new ArrayList<>();
        for (String each : names) {
            ResolverCheck.Finding finding = wrong.get(each);
            if (finding == null) {
                good.add(each);
            } else if (finding.outcome() == ResolverCheck.Outcome.ELSEWHERE) {
                findings.add(elsewhere(finding));
            } else {
                findings.add(unknown(finding));
            }
        }
        if (!good.isEmpty()) {
            findings.add(
                    0,
                    Finding.ok(
                            name(),
                            (good.size() > 3
                                            ? good.size() + " names lead"
                                            : String.join(", ", good) + (good.size() == 1 ? " leads" : " lead"))
                                    + " to this machine"));
        }
        return findings;
    }

    private Finding elsewhere(ResolverCheck.Finding finding) {
        List<Entry> entries = hosts.of(finding.name());
        String addresses = String.join(", ", finding.addresses());
        Optional<Entry> culprit = entries.stream()
                .filter(entry -> finding.addresses().contains(entry.address()))
                .findFirst();
        if (culprit.isPresent()) {
            return Finding.fail(
                            name(),
                            finding.name() + " leads to " + addresses + ", not to this machine, by line "
                                    + culprit.get().line() + " of " + hosts.path())
                    .fix(ShellCommand.of(
                            "sudo",
                            "sed",
                            "-i",
                            culprit.get().line() + "s/^" + culprit.get().address() + "/127.0.0.1/",
                            hosts.path().toString()));
        }
        return Finding.fail(
                        name(),
                        finding.name() + " leads to " + addresses + ", not to this machine, by the name server "
                                + servers.first())
                .fix(line(finding));
    }

    private Finding unknown(ResolverCheck.Finding finding) {
        String name = finding.name();
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return Finding.warn(name(), finding.text()).fix(line(finding));
        }
        NameServers.Answer answer = servers.ask(name);
        boolean withheld = answer == NameServers.Answer.EMPTY || answer == NameServers.Answer.REFUSED;
        if (withheld || LOOPBACK_NAMES.matcher(name).matches()) {
            return Finding.fail(
                            name(),
                            "the name server " + servers.first() + " gives no address for " + name
                                    + ", but does not say that there is no such name either: it filters names that lead"
                                    + " to this machine, against DNS rebinding, as routers do")
                    .fix(line(finding));
        }
        return Finding.fail(
                        name(),
                        "nobody knows the name " + name + ": neither " + hosts.path() + " nor "
                                + (answer == NameServers.Answer.NONE
                                        ? "a name server"
                                        : "the name server " + servers.first()))
                .fix(line(finding));
    }

    private static String line(ResolverCheck.Finding finding) {
        return ResolverCheck.hostsCommands(List.of(finding)).get(0);
    }

    /** What is to be said of a name that no configuration has: whether it is known, and where it leads. */
    static Optional<Finding> foreign(String host, List<InetAddress> addresses, HostsFile hosts, NameServers servers) {
        if (NameOrigin.isAddress(host)) {
            return Optional.empty();
        }
        if (addresses.isEmpty()) {
            boolean silent = servers.ask(host) == NameServers.Answer.NONE;
            return Optional.of(Finding.fail(
                    "name",
                    "nobody knows the name " + host + ": neither " + hosts.path() + " nor "
                            + (silent ? "a name server, for none answers" : "the name server " + servers.first())));
        }
        String by = hosts.of(host).stream()
                .findFirst()
                .map(entry -> ", by line " + entry.line() + " of " + hosts.path())
                .orElse("");
        return Optional.of(Finding.ok(
                "name",
                host + " leads to "
                        + String.join(
                                ", ", addresses.stream().map(Addresses::text).toList()) + by));
    }
}
