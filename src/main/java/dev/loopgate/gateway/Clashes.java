package dev.loopgate.gateway;

import dev.loopgate.config.PortRules;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.VirtualHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What two parts of the configuration in force both want, so that the later one cannot have it. */
final class Clashes {

    private final ConfigurationPart own;
    private final ConfigurationPart later;
    private final Set<String> problems = new LinkedHashSet<>();

    /** A socket that a part asks for. */
    private record Claim(Protocol protocol, BindAddress bind, String name, String place) {}

    private Clashes(ConfigurationPart own, ConfigurationPart later) {
        this.own = own;
        this.later = later;
    }

    /**
     * @param own the gateway's, whose {@code listen} counts
     * @param others what is in force, its own included, each free of clashes with the others
     * @param later what is to be attached
     * @return a sentence each, naming both places
     */
    static List<String> of(ConfigurationPart own, List<ConfigurationPart> others, ConfigurationPart later) {
        return new Clashes(own, later).among(others, List.of(later));
    }

    /**
     * @param attached what is in force beside the gateway's own configuration
     * @param own what the gateway's own is to be
     */
    static List<String> ofOwn(List<ConfigurationPart> attached, ConfigurationPart own) {
        return new Clashes(own, own).among(attached, attached);
    }

    private List<String> among(List<ConfigurationPart> others, List<ConfigurationPart> attached) {
        hosts(others);
        sockets(others);
        attached.forEach(this::loops);
        return List.copyOf(problems);
    }

    private void hosts(List<ConfigurationPart> others) {
        Map<HostPattern, ConfigurationPart> taken = new HashMap<>();
        for (ConfigurationPart other : others) {
            other.configuration().hosts().forEach(host -> taken.put(host.pattern(), other));
        }
        for (VirtualHost host : later.configuration().hosts()) {
            ConfigurationPart holder = taken.get(host.pattern());
            if (holder != null) {
                problems.add(later.place(host.pattern()) + ": the host " + host.pattern() + " is at "
                        + holder.place(host.pattern()) + " already (rename one of them)");
            }
        }
    }

    private void sockets(List<ConfigurationPart> others) {
        List<Claim> wanted = claims(later);
        if (wanted.isEmpty()) {
            return;
        }
        Map<Integer, List<Claim>> taken = new HashMap<>();
        for (ConfigurationPart other : others) {
            claims(other)
                    .forEach(claim -> taken.computeIfAbsent(claim.bind.port(), port -> new ArrayList<>())
                            .add(claim));
        }
        for (Claim claim : wanted) {
            for (Claim holder : taken.getOrDefault(claim.bind.port(), List.of())) {
                if (claim.protocol == holder.protocol && PortRules.overlap(claim.bind, holder.bind)) {
                    problems.add(claim.place + ": " + claim.name + " wants the port of " + holder.name + " at "
                            + holder.place + " (give one of them another port or address)");
                }
            }
        }
    }

    private List<Claim> claims(ConfigurationPart part) {
        List<Claim> claims = new ArrayList<>();
        if (part.equals(own)) {
            part.configuration()
                    .listen()
                    .forEach(bind -> claims.add(
                            new Claim(Protocol.TCP, bind, "the gateway itself (listen: " + bind + ")", part.label())));
            if (part.configuration().http3()) {
                part.configuration()
                        .listen()
                        .forEach(bind -> claims.add(
                                new Claim(Protocol.UDP, bind, "HTTP/3 (listen: " + bind + ")", part.label())));
            }
        }
        for (Forward forward : part.configuration().forwards()) {
            claims.add(
                    new Claim(forward.protocol(), forward.bind(), "the forward " + forward.key(), part.place(forward)));
        }
        return claims;
    }

    /** Within one file its reader has seen to it. */
    private void loops(ConfigurationPart attached) {
        for (Forward forward : attached.configuration().forwards()) {
            for (UpstreamAddress target : forward.targets()) {
                if (forward.protocol() == Protocol.TCP
                        && own.configuration().listen().stream().anyMatch(bind -> PortRules.reaches(target, bind))) {
                    problems.add(attached.place(forward) + ": the forward " + forward.key()
                            + " leads to the gateway itself, " + target + " (name the port of the service)");
                }
            }
        }
    }
}
