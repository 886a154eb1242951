package dev.loopgate.config;

import dev.loopgate.config.Item.Entry;
import dev.loopgate.config.Item.Listing;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The port forwards of one configuration, which may be spread over several files. */
final class ForwardsReader {

    private static final Keys FORWARD =
            new Keys("a forward", List.of("to", "allow", "deny", "connections", "connect", "idle", "drain"));

    private static final int MOST_CONNECTIONS = 1_000_000;
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Problems problems;
    private final Scalars scalars;
    private final Binds binds;
    private final Upstreams upstreams;
    private final OptionsReader options;
    private final List<Rule> rules = new ArrayList<>();

    /**
     * One entry of {@code forwards}.
     *
     * @param forwards one for each port
     */
    record Rule(Scalar key, List<Forward.Tcp> forwards) {}

    ForwardsReader(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
        binds = new Binds(problems);
        upstreams = new Upstreams(problems);
        options = new OptionsReader(problems);
    }

    List<Rule> rules() {
        return rules;
    }

    /** Reads the value of {@code forwards}. */
    void read(Item item) {
        for (Entry entry :
                scalars.mappingOrNothing(item, "a map of ports and targets").entries()) {
            Optional<List<BindAddress>> sockets = sockets(entry.key());
            // A target is read, for its problems, even where the key has one: its range is then taken as it comes.
            List<Forward.Tcp> forwards = forwards(entry, sockets.orElse(List.of()));
            if (!forwards.isEmpty()) {
                rules.add(new Rule(entry.key(), forwards));
            }
        }
    }

    private Optional<List<BindAddress>> sockets(Scalar key) {
        String text = key.text();
        int slash = text.indexOf('/');
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1);
        if (protocol.equals("udp")) {
            problems.error(
                    key.place(), key.shown() + ": UDP is not supported by this version of Loopgate", "take it out");
            return Optional.empty();
        }
        if (!protocol.equals("tcp")) {
            problems.error(
                    key.place(),
                    key.shown() + " is no port to forward",
                    "write [address:]port[-port], such as \"0.0.0.0:5432\" or \"8000-8010\"");
            return Optional.empty();
        }
        return binds.range(key, slash < 0 ? text : text.substring(0, slash));
    }

    private List<Forward.Tcp> forwards(Entry entry, List<BindAddress> sockets) {
        Item value = entry.value();
        if (Scalars.isNull(value)) {
            problems.error(value.place(), "the forward " + entry.key().shown() + " has no target", "name a port");
            return List.of();
        }
        if (value instanceof Listing) {
            problems.error(value.place(), "expected a target or a map, found a list", "write {to: […]}");
            return List.of();
        }
        if (!(value instanceof Mapping mapping)) {
            return forwards(sockets, List.of(value), Access.ALL, 0, CONNECT, Duration.ZERO, DRAIN);
        }
        Fields fields = new Fields(mapping, FORWARD, problems);
        Access access = new Access(
                options.allow(fields).orElse(List.of()), options.deny(fields).orElse(List.of()));
        int connections = fields.value("connections")
                .flatMap(item -> scalars.integer(
                        item, "a number of connections from 1 to " + MOST_CONNECTIONS, 1, MOST_CONNECTIONS))
                .orElse(0);
        Duration connect = fields.value("connect")
                .flatMap(item -> scalars.duration(item, Optional.empty()))
                .orElse(CONNECT);
        Duration idle = fields.value("idle")
                .flatMap(item -> scalars.duration(item, Optional.of("no limit")))
                .orElse(Duration.ZERO);
        Duration drain = fields.value("drain")
                .flatMap(item -> scalars.duration(item, Optional.of("not at all")))
                .orElse(DRAIN);
        Optional<Item> to = fields.value("to");
        if (to.isEmpty()) {
            problems.error(
                    mapping.place(), "the forward " + entry.key().shown() + " has no target", "add to: with a port");
            return List.of();
        }
        if (to.get() instanceof Listing list && list.items().isEmpty()) {
            problems.error(list.place(), "an empty list is no target", "name at least one backend");
        }
        return forwards(sockets, scalars.oneOrMore(to.get()), access, connections, connect, idle, drain);
    }

    private List<Forward.Tcp> forwards(
            List<BindAddress> sockets,
            List<Item> to,
            Access access,
            int connections,
            Duration connect,
            Duration idle,
            Duration drain) {
        List<List<UpstreamAddress>> targets = new ArrayList<>();
        for (Item item : to) {
            List<UpstreamAddress> addresses = upstreams.tcp(item, sockets.size());
            if (!addresses.isEmpty()) {
                targets.add(addresses);
            }
        }
        if (targets.isEmpty()) {
            return List.of();
        }
        List<Forward.Tcp> forwards = new ArrayList<>();
        for (int i = 0; i < sockets.size(); i++) {
            int port = i;
            List<UpstreamAddress> own =
                    targets.stream().map(list -> list.get(port)).toList();
            forwards.add(new Forward.Tcp(sockets.get(i), own, access, connections, connect, idle, drain));
        }
        return forwards;
    }
}
