package dev.loopgate.doctor;

import dev.loopgate.doctor.FirewallChains.Action;
import dev.loopgate.doctor.FirewallChains.Chain;
import dev.loopgate.doctor.FirewallChains.Condition;
import dev.loopgate.doctor.FirewallChains.Match;
import dev.loopgate.doctor.FirewallChains.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code netsh} of an English Windows prints: the firewall's rules and the port ranges that nobody may have. */
final class WindowsRules {

    private static final Pattern EXCLUDED = Pattern.compile("(?m)^\\s*(\\d{1,5})\\s+(\\d{1,5})\\s*\\*?\\s*$");

    private WindowsRules() {}

    /** Whether what {@code netsh advfirewall show currentprofile} printed is understood. */
    static boolean isEnglish(String profile) {
        return profile.matches("(?s).*\\bState\\s+(ON|OFF)\\b.*");
    }

    /**
     * Loopback is never filtered; a rule that blocks beats those that allow.
     *
     * @param profile of {@code netsh advfirewall show currentprofile}
     * @param rules of {@code netsh advfirewall firewall show rule name=all dir=in}
     */
    static FirewallChains parse(String profile, String rules) {
        List<Rule> blocking = new ArrayList<>();
        List<Rule> allowing = new ArrayList<>();
        for (String block : rules.split("\\R\\s*\\R", -1)) {
            Map<String, String> fields = fields(block);
            if (fields.getOrDefault("Enabled", "").equals("Yes")
                    && fields.getOrDefault("Direction", "In").equals("In")) {
                boolean blocks = fields.getOrDefault("Action", "").equals("Block");
                (blocks ? blocking : allowing).add(rule(fields, blocks));
            }
        }
        blocking.add(
                0,
                new Rule(
                        List.of(connection -> sure(connection.network().startsWith("lo"))),
                        new Action.Accept(),
                        "loopback",
                        Optional.empty()));
        blocking.addAll(allowing);
        boolean on = profile.matches("(?s).*\\bState\\s+ON\\b.*");
        boolean closed = profile.contains("BlockInbound");
        FirewallChains chains = new FirewallChains();
        chains.add(new Chain(
                "in",
                Optional.of(true),
                on ? blocking : List.of(),
                on && closed ? new Action.Refuse(false) : new Action.Pass(),
                "Windows lets nobody in but by a rule"));
        return chains;
    }

    /** Of {@code netsh interface ipv4 show excludedportrange protocol=tcp}. */
    static Optional<String> excludedRange(String printed, int port) {
        Matcher range = EXCLUDED.matcher(printed);
        while (range.find()) {
            int first = Integer.parseInt(range.group(1));
            int last = Integer.parseInt(range.group(2));
            if (first <= port && port <= last) {
                return Optional.of(first + " to " + last);
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> fields(String block) {
        Map<String, String> fields = new HashMap<>();
        for (String line : block.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    private static Rule rule(Map<String, String> fields, boolean blocks) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(connection -> sure(
                !connection.to().isLoopbackAddress() && !connection.network().equals("lo")));
        String protocol = fields.getOrDefault("Protocol", "Any");
        conditions.add(connection -> sure(protocol.equals("TCP") || protocol.equals("Any")));
        String ports = fields.getOrDefault("LocalPort", "Any");
        conditions.add(connection -> ports.equals("Any")
                ? Match.YES
                : sure(IptablesRules.hasPort(ports.replace('-', ':'), connection.port())));
        String name = fields.getOrDefault("Rule Name", "");
        // A rule for one program or one network is printed without them unless it is asked for verbosely.
        if (!blocks || !fields.getOrDefault("RemoteIP", "Any").equals("Any")) {
            conditions.add(connection -> ports.equals("Any")
                            || !fields.getOrDefault("RemoteIP", "Any").equals("Any")
                    ? Match.UNKNOWN
                    : Match.YES);
        }
        return new Rule(
                conditions,
                blocks ? new Action.Refuse(false) : new Action.Accept(),
                "the Windows firewall's rule \"" + name + "\"",
                name.isEmpty() || name.contains("\"")
                        ? Optional.empty()
                        : Optional.of("netsh advfirewall firewall delete rule name=\"" + name + "\""));
    }

    private static Match sure(boolean yes) {
        return yes ? Match.YES : Match.NO;
    }
}
