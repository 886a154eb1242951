package dev.loopgate.config;

import dev.loopgate.config.ForwardsReader.Rule;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.config.ListenReader.Listener;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.UpstreamAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What can only be seen with all rules at hand: two that fight over a port, and traffic that would come back to the gateway. */
final class PortChecks {

    private final Problems problems;
    private final List<Listener> listeners;
    private final boolean http3;
    private final Map<Integer, List<Claim>> claims = new HashMap<>();

    /**
     * A socket that a rule asks for.
     *
     * @param name of the rule, for messages
     * @param forward empty for a listener of the gateway
     */
    private record Claim(Place place, String name, BindAddress address, Protocol protocol, Optional<Forward> forward) {}

    /** @param http3 whether the listeners have their ports of UDP as well */
    PortChecks(Problems problems, List<Listener> listeners, boolean http3) {
        this.http3 = http3;
        this.problems = problems;
        this.listeners = listeners;
    }

    void check(List<Rule> rules, List<Targets.Use> uses) {
        Set<Place> reported = new HashSet<>();
        for (Listener listener : listeners) {
            claim(own(listener, listener.name(), Protocol.TCP), reported);
            if (http3) {
                claim(own(listener, "HTTP/3", Protocol.UDP), reported);
            }
        }
        for (Rule rule : rules) {
            for (Forward forward : rule.forwards()) {
                String name = "the forward " + rule.key().shown();
                claim(
                        new Claim(rule.key().place(), name, forward.bind(), forward.protocol(), Optional.of(forward)),
                        reported);
            }
        }
        rules.forEach(rule -> loops(rule, reported));
        uses.forEach(this::warnOfItself);
    }

    private static Claim own(Listener listener, String name, Protocol protocol) {
        return new Claim(listener.place(), name, listener.address(), protocol, Optional.empty());
    }

    private void claim(Claim claim, Set<Place> reported) {
        List<Claim> others = claims.computeIfAbsent(claim.address().port(), port -> new ArrayList<>());
        for (Claim other : others) {
            if (claim.protocol() == other.protocol()
                    && PortRules.overlap(claim.address(), other.address())
                    && reported.add(claim.place())) {
                problems.error(
                        claim.place(),
                        (claim.address().scope() == BindAddress.Scope.UNIX
                                        ? claim.address().toString()
                                        : "port " + claim.address().port())
                                + " is wanted twice: by " + describe(claim) + " here, and by "
                                + describe(other) + " at " + other.place(),
                        "give one of them another port or address");
            }
        }
        others.add(claim);
    }

    private static String describe(Claim claim) {
        return claim.name() + " (" + words(claim.address()) + ")";
    }

    private static String words(BindAddress address) {
        return address.wildcard()
                ? "every address"
                : switch (address.scope()) {
                    case LOOPBACK -> "127.0.0.1 and [::1]";
                    case LAN -> "every address but loopback";
                    case DOCKER -> "the networks of containers";
                    case ADDRESS -> address.address();
                    case UNIX -> "a Unix socket";
                };
    }

    /** One problem for a rule is enough, however many ports it has. */
    private void loops(Rule rule, Set<Place> reported) {
        for (Forward forward : rule.forwards()) {
            for (UpstreamAddress target : forward.targets()) {
                if (!reported.contains(rule.key().place()) && refused(rule.key(), forward, target)) {
                    reported.add(rule.key().place());
                }
            }
        }
    }

    private boolean refused(Scalar key, Forward forward, UpstreamAddress target) {
        int port = forward.bind().port();
        if (PortRules.reaches(target, forward.bind())) {
            if (forward.bind().scope() == BindAddress.Scope.UNIX) {
                problems.error(key.place(), "the forward " + key.shown() + " leads to itself", "give it another path");
            } else if (forward.bind().wildcard()) {
                problems.error(
                        key.place(),
                        "the forward " + key.shown() + " would take 127.0.0.1:" + port + " too, where its own target "
                                + target + " listens",
                        "write \"" + lan(forward) + "\": every address but loopback");
            } else {
                String another = switch (forward.bind().address()) {
                    case "127.0.0.1" -> "name [::1]:" + port + " as its target";
                    case "::1" -> "name 127.0.0.1:" + port + " as its target";
                    default -> "give it another port";
                };
                problems.error(
                        key.place(),
                        "the forward " + key.shown() + " leads to itself",
                        another + ", or write \"" + lan(forward) + "\" for every address but loopback");
            }
            return true;
        }
        Optional<Listener> gateway = listeners.stream()
                .filter(listener -> forward.protocol() == Protocol.TCP)
                .filter(listener -> PortRules.reaches(target, listener.address()))
                .findFirst();
        if (gateway.isPresent()) {
            problems.error(
                    key.place(),
                    "the forward " + key.shown() + " leads to the gateway itself, " + target,
                    "to open the gateway to the network, add an address to listen");
            return true;
        }
        List<String> circle = new ArrayList<>();
        if (returns(forward, forward, new HashSet<>(), circle)) {
            problems.error(
                    key.place(),
                    "the forward " + key.shown() + " leads back to itself: " + String.join(" → ", circle),
                    "one of these needs another target");
            return true;
        }
        return false;
    }

    private static Forward.Key lan(Forward forward) {
        return new Forward.Key(
                forward.protocol(), BindAddress.lan(forward.bind().port()));
    }

    private boolean returns(Forward from, Forward goal, Set<BindAddress> seen, List<String> circle) {
        if (!seen.add(from.bind()) || seen.size() > 1000) {
            return false;
        }
        circle.add(from.key().toString());
        for (UpstreamAddress target : from.targets()) {
            for (Claim next : claims.getOrDefault(port(target), List.of())) {
                if (next.forward().isPresent()
                        && next.protocol() == goal.protocol()
                        && PortRules.reaches(target, next.address())) {
                    Forward forward = next.forward().get();
                    if (forward.bind().equals(goal.bind()) || returns(forward, goal, seen, circle)) {
                        if (forward.bind().equals(goal.bind())) {
                            circle.add(goal.key().toString());
                        }
                        return true;
                    }
                }
            }
        }
        circle.remove(circle.size() - 1);
        return false;
    }

    private static int port(UpstreamAddress target) {
        UpstreamAddress address = target.socket();
        if (address instanceof UpstreamAddress.LoopbackPort local) {
            return local.port();
        }
        return address instanceof UpstreamAddress.HostPort named ? named.port() : 0;
    }

    private void warnOfItself(Targets.Use use) {
        for (Listener listener : listeners) {
            if (PortRules.reaches(use.upstream().address(), listener.address())) {
                problems.warn(
                        use.at().place(),
                        "the target " + use.at().shown() + " is the gateway itself: requests will end in 508",
                        "name the port of the service behind it");
                return;
            }
        }
    }
}
