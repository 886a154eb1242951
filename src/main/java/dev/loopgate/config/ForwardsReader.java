package dev.loopgate.config;

import dev.loopgate.config.Item.Entry;
import dev.loopgate.config.Item.Listing;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Limits;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.Forward.Rate;
import dev.loopgate.model.Forward.Timeouts;
import dev.loopgate.model.UpstreamAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The port forwards of one configuration, which may be spread over several files. */
final class ForwardsReader {

    private static final Keys TCP = new Keys(
            "a forward",
            List.of(
                    "to",
                    "allow",
                    "deny",
                    "connections",
                    "connections-per-client",
                    "connection-rate",
                    "bandwidth",
                    "connect",
                    "idle",
                    "drain",
                    "for"));
    private static final Keys UDP =
            new Keys("a forward of UDP", List.of("to", "allow", "deny", "sessions", "bandwidth", "idle", "for"));

    private static final int MOST = 1_000_000;

    private final Problems problems;
    private final Scalars scalars;
    private final Binds binds;
    private final Upstreams upstreams;
    private final OptionsReader options;
    private final Quantities quantities;
    private final List<Rule> rules = new ArrayList<>();

    /**
     * One entry of {@code forwards}.
     *
     * @param forwards one for each port
     */
    record Rule(Scalar key, List<Forward> forwards) {}

    /** What is forwarded: as many sockets as the key names, none where it has a problem. */
    private record Ports(Protocol protocol, List<BindAddress> sockets) {}

    ForwardsReader(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
        binds = new Binds(problems);
        upstreams = new Upstreams(problems);
        options = new OptionsReader(problems);
        quantities = new Quantities(scalars, problems);
    }

    List<Rule> rules() {
        return rules;
    }

    /** Reads the value of {@code forwards}. */
    void read(Item item) {
        for (Entry entry :
                scalars.mappingOrNothing(item, "a map of ports and targets").entries()) {
            // A target is read, for its problems, even where the key has one: its range is then taken as it comes.
            List<Forward> forwards = forwards(entry, ports(entry.key()));
            if (!forwards.isEmpty()) {
                rules.add(new Rule(entry.key(), forwards));
            }
        }
    }

    private Ports ports(Scalar key) {
        String text = key.text();
        int slash = text.indexOf('/');
        String suffix = slash < 0 ? "tcp" : text.substring(slash + 1);
        Protocol protocol = suffix.equals("udp") ? Protocol.UDP : Protocol.TCP;
        if (!suffix.equals(protocol.toString())) {
            problems.error(
                    key.place(),
                    key.shown() + " is no port to forward",
                    "write [address:]port[-port][/udp], such as \"0.0.0.0:5432\", \"8000-8010\" or \"5353/udp\"");
            return new Ports(protocol, List.of());
        }
        return new Ports(
                protocol,
                binds.range(key, slash < 0 ? text : text.substring(0, slash)).orElse(List.of()));
    }

    private List<Forward> forwards(Entry entry, Ports ports) {
        Item value = entry.value();
        if (Scalars.isNull(value)) {
            problems.error(value.place(), "the forward " + entry.key().shown() + " has no target", "name a port");
            return List.of();
        }
        if (value instanceof Listing) {
            problems.error(value.place(), "expected a target or a map, found a list", "write {to: […]}");
            return List.of();
        }
        Mapping mapping = value instanceof Mapping full ? full : new Mapping(value.place(), List.of());
        Fields fields = new Fields(mapping, ports.protocol() == Protocol.TCP ? TCP : UDP, problems);
        BiFunction<BindAddress, List<UpstreamAddress>, Forward> kind =
                ports.protocol() == Protocol.TCP ? tcp(fields) : udp(fields);
        if (value != mapping) {
            return forwards(ports, List.of(value), kind);
        }
        Optional<Item> to = fields.value("to");
        if (to.isEmpty()) {
            problems.error(
                    mapping.place(), "the forward " + entry.key().shown() + " has no target", "add to: with a port");
            return List.of();
        }
        if (to.get() instanceof Listing list && list.items().isEmpty()) {
            problems.error(list.place(), "an empty list is no target", "name at least one backend");
        }
        return forwards(ports, scalars.oneOrMore(to.get()), kind);
    }

    private BiFunction<BindAddress, List<UpstreamAddress>, Forward> tcp(Fields fields) {
        Access access = access(fields);
        Limits limits = new Limits(
                count(fields, "connections").orElse(0),
                count(fields, "connections-per-client").orElse(0),
                fields.value("connection-rate").flatMap(quantities::rate).orElse(Rate.UNLIMITED),
                bandwidth(fields));
        Timeouts timeouts = new Timeouts(
                fields.value("connect")
                        .flatMap(item -> scalars.duration(item, Optional.empty()))
                        .orElse(Timeouts.DEFAULT.connect()),
                idle(fields).orElse(Timeouts.DEFAULT.idle()),
                fields.value("drain")
                        .flatMap(item -> scalars.duration(item, Optional.of("not at all")))
                        .orElse(Timeouts.DEFAULT.drain()));
        Duration lifetime = lifetime(fields);
        return (bind, targets) -> new Forward.Tcp(bind, targets, access, limits, timeouts, lifetime);
    }

    private BiFunction<BindAddress, List<UpstreamAddress>, Forward> udp(Fields fields) {
        Access access = access(fields);
        int sessions = count(fields, "sessions").orElse(Forward.Udp.SESSIONS);
        Duration idle = idle(fields).orElse(Forward.Udp.IDLE);
        long bandwidth = bandwidth(fields);
        Duration lifetime = lifetime(fields);
        return (bind, targets) -> new Forward.Udp(bind, targets, access, sessions, idle, bandwidth, lifetime);
    }

    private long bandwidth(Fields fields) {
        return fields.value("bandwidth").flatMap(quantities::bandwidth).orElse(0L);
    }

    private Duration lifetime(Fields fields) {
        return fields.value("for")
                .flatMap(item -> scalars.duration(item, Optional.empty()))
                .orElse(Duration.ZERO);
    }

    private Access access(Fields fields) {
        return new Access(
                options.allow(fields).orElse(List.of()), options.deny(fields).orElse(List.of()));
    }

    private Optional<Integer> count(Fields fields, String name) {
        return fields.value(name)
                .flatMap(item -> scalars.integer(
                        item, "a number of " + name.replace("-per-client", "") + " from 1 to " + MOST, 1, MOST));
    }

    private Optional<Duration> idle(Fields fields) {
        return fields.value("idle").flatMap(item -> scalars.duration(item, Optional.of("no limit")));
    }

    private List<Forward> forwards(
            Ports ports, List<Item> to, BiFunction<BindAddress, List<UpstreamAddress>, Forward> kind) {
        int size = ports.sockets().size();
        List<List<UpstreamAddress>> targets = new ArrayList<>();
        for (Item item : to) {
            List<UpstreamAddress> addresses = upstreams.ofForward(item, ports.protocol(), size);
            if (!addresses.isEmpty()) {
                targets.add(addresses);
            }
        }
        if (targets.isEmpty()) {
            return List.of();
        }
        List<Forward> forwards = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int port = i;
            forwards.add(kind.apply(
                    ports.sockets().get(i),
                    targets.stream().map(list -> list.get(port)).toList()));
        }
        return forwards;
    }
}
