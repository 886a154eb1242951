package dev.loopgate.config;

import dev.loopgate.config.Item.Entry;
import dev.loopgate.config.Item.Listing;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.UpstreamAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The port forwards of one configuration, which may be spread over several files. */
final class ForwardsReader {

    static final String UDP_OWNER = "a forward of UDP";

    private static final Keys UDP =
            new Keys(UDP_OWNER, List.of("to", "allow", "deny", "sessions", "bandwidth", "idle", "for"));

    private final Problems problems;
    private final Scalars scalars;
    private final Binds binds;
    private final Upstreams upstreams;
    private final ForwardOptions common;
    private final TcpForwardReader tcp;
    private final List<Rule> rules = new ArrayList<>();

    /**
     * One entry of {@code forwards}.
     *
     * @param forwards one for each port
     */
    record Rule(Scalar key, List<Forward> forwards) {}

    /** What is forwarded: as many sockets as the key names, none where it has a problem. */
    private record Ports(Protocol protocol, List<BindAddress> sockets) {}

    /** What the options of an entry make of each of its ports. */
    interface Kind {

        /**
         * @param number of the port within the range, from zero
         * @param to empty where the entry has no {@code to}
         */
        Forward forward(int number, BindAddress bind, List<UpstreamAddress> to);
    }

    ForwardsReader(Problems problems, TlsReader certificates) {
        this.problems = problems;
        scalars = new Scalars(problems);
        binds = new Binds(problems);
        upstreams = new Upstreams(problems);
        common = new ForwardOptions(problems);
        tcp = new TcpForwardReader(problems, certificates);
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
        if (text.startsWith("unix:")) {
            return new Ports(Protocol.TCP, upstreams.listener(key).stream().toList());
        }
        int slash = text.indexOf('/');
        String suffix = slash < 0 ? "tcp" : text.substring(slash + 1);
        Protocol protocol = suffix.equals("udp") ? Protocol.UDP : Protocol.TCP;
        if (!suffix.equals(protocol.toString())) {
            problems.error(
                    key.place(),
                    key.shown() + " is no port to forward",
                    "write [address:]port[-port][/udp], such as \"0.0.0.0:5432\", \"8000-8010\" or \"5353/udp\","
                            + " or \"unix:///path\"");
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
        boolean tcp = ports.protocol() == Protocol.TCP;
        Fields fields = new Fields(mapping, tcp ? TcpForwardReader.KEYS : UDP, problems);
        Kind kind = tcp ? this.tcp.read(fields, ports.sockets()) : udp(fields);
        if (value != mapping) {
            return forwards(ports, List.of(value), kind);
        }
        Optional<Item> to = fields.value("to");
        if (to.isEmpty() && fields.has("sni")) {
            return forwards(ports, List.of(), kind);
        }
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

    private Kind udp(Fields fields) {
        Access access = common.access(fields);
        int sessions = common.count(fields, "sessions").orElse(Forward.Udp.SESSIONS);
        Duration idle = common.idle(fields).orElse(Forward.Udp.IDLE);
        long bandwidth = common.bandwidth(fields);
        Duration lifetime = common.lifetime(fields);
        return (number, bind, targets) -> new Forward.Udp(bind, targets, access, sessions, idle, bandwidth, lifetime);
    }

    private List<Forward> forwards(Ports ports, List<Item> to, Kind kind) {
        int size = ports.sockets().size();
        List<List<UpstreamAddress>> targets = upstreams.ofForward(to, ports.protocol(), size);
        if (targets.isEmpty() && !to.isEmpty()) {
            return List.of();
        }
        List<Forward> forwards = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int number = i;
            Forward forward = kind.forward(
                    number,
                    ports.sockets().get(i),
                    targets.stream().map(list -> list.get(number)).toList());
            if (!forward.targets().isEmpty()) {
                forwards.add(forward);
            }
        }
        return forwards;
    }
}
