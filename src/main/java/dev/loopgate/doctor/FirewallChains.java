package dev.loopgate.doctor;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of a packet filter, as far as they decide on a new connection to a port. Rules that cannot be understood are
 * passed over and remembered: what is found behind one that could have let the connection in is not certain.
 */
final class FirewallChains {

    /** Deeper than anybody nests chains, which Linux keeps from calling each other in circles. */
    private static final int DEEPEST = 16;

    private final Map<String, Chain> chains = new HashMap<>();

    /** A first packet of TCP, as it leaves or enters this machine. */
    record Connection(InetAddress from, InetAddress to, int port, boolean entering, String network) {}

    enum Match {
        YES,
        NO,
        UNKNOWN
    }

    /** One condition of a rule. */
    interface Condition {
        Match of(Connection connection);

        default Condition negated() {
            return connection -> switch (of(connection)) {
                case YES -> Match.NO;
                case NO -> Match.YES;
                case UNKNOWN -> Match.UNKNOWN;
            };
        }
    }

    /** What a rule does where its conditions hold. */
    sealed interface Action {
        /** Nothing that decides, such as counting. */
        record Pass() implements Action {}

        record Accept() implements Action {}

        /** @param tells whether the client is told that it is refused */
        record Refuse(boolean tells) implements Action {}

        record Return() implements Action {}

        /** @param back whether what follows the rule counts where the other chain decides nothing */
        record Jump(String chain, boolean back) implements Action {}
    }

    /**
     * @param text as its user knows it
     * @param removal the command that takes it away; empty for a policy
     */
    record Rule(List<Condition> conditions, Action action, String text, Optional<String> removal) {
        Rule {
            conditions = List.copyOf(conditions);
        }

        Match of(Connection connection) {
            Match match = Match.YES;
            for (Condition condition : conditions) {
                switch (condition.of(connection)) {
                    case NO -> {
                        return Match.NO;
                    }
                    case UNKNOWN -> match = Match.UNKNOWN;
                    case YES -> {}
                }
            }
            return match;
        }
    }

    /**
     * @param hook whether connections that enter, or that leave, pass it; empty for one that is only jumped to
     * @param policy what becomes of those that no rule decides on
     */
    record Chain(String name, Optional<Boolean> hook, List<Rule> rules, Action policy, String policyText) {
        Chain {
            rules = List.copyOf(rules);
        }
    }

    /** The rule that keeps a connection out. */
    record Refusal(Rule rule, boolean tells, boolean certain) {}

    private record Outcome(Optional<Refusal> refusal, boolean decided, boolean certain) {
        static final Outcome OPEN = new Outcome(Optional.empty(), false, true);
        static final Outcome UNSURE = new Outcome(Optional.empty(), false, false);
        static final Outcome ACCEPTED = new Outcome(Optional.empty(), true, true);
    }

    void add(Chain chain) {
        chains.put(chain.name, chain);
    }

    boolean isEmpty() {
        return chains.values().stream()
                .allMatch(chain -> chain.rules.isEmpty() && !(chain.policy instanceof Action.Refuse));
    }

    /** The first that refuses: each hooked chain has to let a connection pass. */
    Optional<Refusal> refusal(Connection connection) {
        return chains.values().stream()
                .filter(chain -> chain.hook.equals(Optional.of(connection.entering)))
                .map(chain -> judge(chain, connection))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Refusal> judge(Chain chain, Connection connection) {
        Outcome outcome = walk(chain, connection, 0);
        if (!outcome.decided && chain.policy instanceof Action.Refuse refuse) {
            return Optional.of(new Refusal(
                    new Rule(List.of(), refuse, chain.policyText, Optional.empty()), refuse.tells, outcome.certain));
        }
        return outcome.refusal;
    }

    private Outcome walk(Chain chain, Connection connection, int depth) {
        boolean certain = true;
        for (Rule rule : depth > DEEPEST ? List.<Rule>of() : chain.rules) {
            Match match = rule.of(connection);
            if (match == Match.NO || rule.action instanceof Action.Pass) {
                continue;
            }
            if (match == Match.UNKNOWN) {
                certain &= !(rule.action instanceof Action.Accept || rule.action instanceof Action.Jump);
                continue;
            }
            if (rule.action instanceof Action.Accept) {
                return Outcome.ACCEPTED;
            }
            if (rule.action instanceof Action.Refuse refuse) {
                return new Outcome(Optional.of(new Refusal(rule, refuse.tells, certain)), true, certain);
            }
            if (rule.action instanceof Action.Return) {
                break;
            }
            if (rule.action instanceof Action.Jump jump) {
                Chain next = chains.get(jump.chain);
                Outcome outcome = next == null ? Outcome.UNSURE : walk(next, connection, depth + 1);
                certain &= outcome.certain;
                if (outcome.decided || !jump.back) {
                    return outcome.refusal
                            .map(found -> new Refusal(found.rule, found.tells, found.certain && outcome.certain))
                            .map(found -> new Outcome(Optional.of(found), true, found.certain))
                            .orElse(outcome);
                }
            }
        }
        return certain ? Outcome.OPEN : Outcome.UNSURE;
    }
}
