package dev.loopgate.doctor;

import dev.loopgate.doctor.FirewallChains.Action;
import dev.loopgate.doctor.FirewallChains.Chain;
import dev.loopgate.doctor.FirewallChains.Condition;
import dev.loopgate.doctor.FirewallChains.Match;
import dev.loopgate.doctor.FirewallChains.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code pfctl -s rules} prints on macOS and the BSDs (pf.conf(5)). */
final class PfRules {

    private static final Pattern PORT = Pattern.compile("\\bto (\\S+)(?: port (?:= )?(\\S+))?");
    private static final Pattern FROM = Pattern.compile("\\bfrom (\\S+)");
    private static final Pattern NETWORK = Pattern.compile("\\bon (!? ?)(\\S+)");

    private PfRules() {}

    /** The last rule that fits decides, but for a quick one, which decides at once. */
    static FirewallChains parse(String printed) {
        FirewallChains chains = new FirewallChains();
        for (boolean entering : new boolean[] {true, false}) {
            List<Rule> ordered = new ArrayList<>();
            int quick = 0;
            for (String line : printed.lines().map(String::strip).toList()) {
                boolean other =
                        line.matches("\\S+( drop| return\\S*( ?\\(.*?\\))?)? " + (entering ? "out" : "in") + "\\b.*");
                if ((line.startsWith("block") || line.startsWith("pass")) && !other) {
                    Rule rule = rule(line);
                    ordered.add(line.contains(" quick ") || line.endsWith(" quick") ? quick++ : quick, rule);
                }
            }
            chains.add(new Chain(
                    entering ? "in" : "out", Optional.of(entering), ordered, new Action.Pass(), "pf's default"));
        }
        return chains;
    }

    private static Rule rule(String line) {
        List<Condition> conditions = new ArrayList<>();
        if (line.contains(" inet6 ")) {
            conditions.add(connection -> sure(connection.to().getAddress().length == 16));
        } else if (line.contains(" inet ")) {
            conditions.add(connection -> sure(connection.to().getAddress().length == 4));
        }
        if (line.contains(" proto ") && !line.contains(" proto tcp")) {
            conditions.add(connection -> Match.NO);
        }
        Matcher network = NETWORK.matcher(line);
        if (network.find()) {
            Condition on = connection -> sure(connection.network().startsWith(network.group(2)));
            conditions.add(network.group(1).isBlank() ? on : on.negated());
        }
        Matcher from = FROM.matcher(line);
        if (from.find() && !from.group(1).equals("any")) {
            conditions.add(connection -> NetworkMatch.of(from.group(1), connection.from()));
        }
        Matcher to = PORT.matcher(line);
        if (to.find()) {
            if (!to.group(1).equals("any")) {
                conditions.add(connection -> NetworkMatch.of(to.group(1), connection.to()));
            }
            if (to.group(2) != null) {
                conditions.add(connection -> to.group(2).matches("\\d+(:\\d+)?")
                        ? sure(IptablesRules.hasPort(to.group(2), connection.port()))
                        : Match.UNKNOWN);
            }
        }
        Action action =
                line.startsWith("pass") ? new Action.Accept() : new Action.Refuse(line.startsWith("block return"));
        return new Rule(conditions, action, "pf rule: " + line, Optional.empty());
    }

    private static Match sure(boolean yes) {
        return yes ? Match.YES : Match.NO;
    }
}
