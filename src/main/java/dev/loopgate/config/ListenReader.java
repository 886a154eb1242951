package dev.loopgate.config;

import dev.loopgate.config.Item.Listing;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The value of {@code listen}. */
final class ListenReader {

    private static final String FORMS = "a port, address:port, {host: …, port: …}, or a list of them";
    private static final Keys KEYS = new Keys("listen", List.of("host", "port"));

    private final Problems problems;
    private final Scalars scalars;
    private final Binds binds;

    /**
     * A socket of the gateway's own.
     *
     * @param place what asks for it
     * @param name for messages
     */
    record Listener(Place place, String name, BindAddress address) {}

    ListenReader(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
        binds = new Binds(problems);
    }

    List<Listener> read(Item item) {
        if (item instanceof Listing list && list.items().isEmpty()) {
            problems.error(item.place(), "an empty list is nowhere to listen", "expected " + FORMS);
        }
        List<Listener> listeners = new ArrayList<>();
        for (Item one : scalars.oneOrMore(item)) {
            Optional<BindAddress> address = one instanceof Mapping mapping
                    ? full(mapping)
                    : scalars.scalar(one, FORMS).flatMap(this::scalar);
            address.ifPresent(found -> listeners.add(new Listener(one.place(), "listen", found)));
        }
        return listeners;
    }

    private Optional<BindAddress> scalar(Scalar scalar) {
        return switch (scalar.text()) {
            case "loopback" -> Optional.of(BindAddress.loopback(Configuration.DEFAULT_PORT));
            case "docker" -> Optional.of(BindAddress.docker(Configuration.DEFAULT_PORT));
            default -> binds.single(scalar, scalar.text());
        };
    }

    private Optional<BindAddress> full(Mapping mapping) {
        Fields fields = new Fields(mapping, KEYS, problems);
        if (mapping.entries().isEmpty()) {
            problems.error(mapping.place(), "expected " + FORMS + ", found an empty map");
        }
        if (!fields.has("host") && !fields.has("port")) {
            return Optional.empty();
        }
        Optional<Integer> port = fields.has("port")
                ? fields.value("port")
                        .flatMap(item -> scalars.integer(item, "a port from 1 to 65535", 1, Scalars.HIGHEST_PORT))
                : Optional.of(Configuration.DEFAULT_PORT);
        Optional<Item> host = fields.value("host");
        if (host.isEmpty()) {
            return port.map(BindAddress::loopback);
        }
        return scalars.scalar(host.get(), "an IP address or localhost")
                .flatMap(scalar -> binds.address(scalar, scalar.text(), port.orElse(Configuration.DEFAULT_PORT)))
                .flatMap(address -> port.map(found -> address));
    }
}
