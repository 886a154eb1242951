package dev.loopgate.doctor;

import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.doctor.FirewallChains.Action;
import dev.loopgate.doctor.FirewallChains.Chain;
import dev.loopgate.doctor.FirewallChains.Condition;
import dev.loopgate.doctor.FirewallChains.Match;
import dev.loopgate.doctor.FirewallChains.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code iptables-save} and {@code ip6tables-save} print, of their table {@code filter}. */
final class IptablesRules {

    private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S+)");

    /** Modules that only give names to options that follow. */
    private static final List<String> MODULES =
            List.of("-m", "--match", "--comment", "--reject-with", "--log-prefix", "--log-level", "--nflog-prefix");

    private final String program;
    private final boolean six;

    /** @param program {@code iptables} or {@code ip6tables} */
    IptablesRules(String program) {
        this.program = program;
        this.six = program.equals("ip6tables");
    }

    FirewallChains parse(String saved) {
        Map<String, Action> policies = new LinkedHashMap<>();
        Map<String, List<Rule>> rules = new HashMap<>();
        boolean filter = false;
        for (String line : saved.lines().toList()) {
            if (line.startsWith("*")) {
                filter = line.equals("*filter");
            } else if (filter && line.startsWith(":")) {
                String[] words = line.substring(1).split(" ", -1);
                policies.put(words[0], policy(words[1]));
            } else if (filter && line.startsWith("-A ")) {
                List<String> words = words(line);
                rules.computeIfAbsent(words.get(1), first -> new ArrayList<>()).add(rule(words, line));
            }
        }
        FirewallChains chains = new FirewallChains();
        policies.forEach((name, policy) -> chains.add(new Chain(
                name,
                name.equals("INPUT")
                        ? Optional.of(true)
                        : name.equals("OUTPUT") ? Optional.of(false) : Optional.empty(),
                rules.getOrDefault(name, List.of()),
                policy,
                program + " -P " + name + " DROP")));
        return chains;
    }

    private static Action policy(String word) {
        return word.equals("DROP") ? new Action.Refuse(false) : new Action.Pass();
    }

    private Rule rule(List<String> words, String line) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(connection -> connection.to().getAddress().length == (six ? 16 : 4) ? Match.YES : Match.NO);
        Action action = new Action.Pass();
        boolean negated = false;
        for (int i = 2; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("!")) {
                negated = true;
                continue;
            }
            String value = i + 1 < words.size() ? words.get(i + 1) : "";
            if (word.equals("-j") || word.equals("-g")) {
                action = action(value, word.equals("-j"));
            } else if (!MODULES.contains(word)) {
                Condition condition = condition(word, value);
                conditions.add(negated ? condition.negated() : condition);
            }
            negated = false;
            i += value.startsWith("-") || word.equals("--syn") ? 0 : 1;
        }
        return new Rule(conditions, action, program + " " + line, Optional.of(removal(words)));
    }

    /** What iptables-save puts in quotes, such as a comment, is not quoted as a shell wants it. */
    private String removal(List<String> words) {
        List<String> command = new ArrayList<>(List.of("sudo", program, "-D"));
        command.addAll(words.subList(1, words.size()));
        return ShellCommand.of(command);
    }

    private static Action action(String target, boolean back) {
        return switch (target) {
            case "ACCEPT" -> new Action.Accept();
            case "DROP" -> new Action.Refuse(false);
            case "REJECT" -> new Action.Refuse(true);
            case "RETURN" -> new Action.Return();
            case "LOG", "NFLOG", "MARK", "CONNMARK", "TRACE", "AUDIT" -> new Action.Pass();
            default -> new Action.Jump(target, back);
        };
    }

    private static Condition condition(String option, String value) {
        return switch (option) {
            case "-p", "--protocol" ->
                connection -> sure(value.equals("tcp") || value.equals("6") || value.equals("all"));
            case "-i", "--in-interface" -> connection -> network(connection, true, value);
            case "-o", "--out-interface" -> connection -> network(connection, false, value);
            case "-s", "--source" -> connection -> NetworkMatch.of(value, connection.from());
            case "-d", "--destination" -> connection -> NetworkMatch.of(value, connection.to());
            case "--dport", "--destination-port", "--dports" -> connection -> sure(hasPort(value, connection.port()));
            case "--ctstate", "--state" -> connection -> sure(value.contains("NEW"));
            case "--syn" -> connection -> Match.YES;
            case "--dst-type" -> connection -> connection.entering() ? sure(value.equals("LOCAL")) : Match.UNKNOWN;
            default -> connection -> Match.UNKNOWN;
        };
    }

    private static Match network(FirewallChains.Connection connection, boolean entering, String name) {
        if (connection.entering() != entering) {
            return Match.NO;
        }
        return sure(
                name.endsWith("+")
                        ? connection.network().startsWith(name.substring(0, name.length() - 1))
                        : connection.network().equals(name));
    }

    /** {@code 80}, {@code 80:90}, {@code 80,443,8000:8010}. */
    static boolean hasPort(String list, int port) {
        for (String part : list.split(",", -1)) {
            String[] ends = part.split(":", -1);
            if (!ends[0].matches("\\d{0,5}") || !ends[ends.length - 1].matches("\\d{0,5}")) {
                continue;
            }
            int first = ends[0].isEmpty() ? 0 : Integer.parseInt(ends[0]);
            int last = ends[ends.length - 1].isEmpty() ? 65535 : Integer.parseInt(ends[ends.length - 1]);
            if (first <= port && port <= last) {
                return true;
            }
        }
        return false;
    }

    private static Match sure(boolean yes) {
        return yes ? Match.YES : Match.NO;
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            words.add(
                    matcher.group(1) == null
                            ? matcher.group(2)
                            : matcher.group(1).replaceAll("\\\\(.)", "$1"));
        }
        return words;
    }
}
