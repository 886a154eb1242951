package dev.loopgate.config;

import dev.loopgate.config.Item.Listing;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.FieldEdits;
import dev.loopgate.model.RouteOptions.HostHeader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The options that a route, a host and {@code defaults} have in common. */
final class OptionsReader {

    static final List<String> KEYS = List.of(
            "host",
            "headers",
            "wait",
            "connect",
            "first-byte",
            "body-idle",
            "idle",
            "keep-alive",
            "allow",
            "deny",
            "verify");

    /** Those that speak of an upstream, and so of nothing where there is none. */
    static final List<String> OF_UPSTREAMS =
            List.of("host", "wait", "connect", "first-byte", "body-idle", "idle", "keep-alive", "verify");

    private static final Keys DIRECTIONS = new Keys("headers", List.of("request", "response"));

    private final Problems problems;
    private final Scalars scalars;
    private final Cidrs cidrs;
    private final FieldEditsReader headers;
    private final Upstreams upstreams;

    OptionsReader(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
        cidrs = new Cidrs(problems);
        headers = new FieldEditsReader(problems);
        upstreams = new Upstreams(problems);
    }

    Options options(Fields fields) {
        Optional<Fields> edits = fields.value("headers").map(item -> {
            Mapping mapping = scalars.mappingOrNothing(item, "a map of request and response");
            return new Fields(mapping, DIRECTIONS, problems);
        });
        return new Options(
                fields.value("host").flatMap(this::host),
                edits.flatMap(map -> map.value("request")).map(headers::edits).orElse(FieldEdits.NONE),
                edits.flatMap(map -> map.value("response")).map(headers::edits).orElse(FieldEdits.NONE),
                duration(fields, "wait", Optional.of("not at all")),
                duration(fields, "connect", Optional.empty()),
                duration(fields, "first-byte", Optional.of("no limit")),
                duration(fields, "body-idle", Optional.empty()),
                duration(fields, "idle", Optional.of("no limit")),
                fields.value("keep-alive").flatMap(scalars::bool),
                allow(fields),
                deny(fields),
                fields.value("verify").flatMap(scalars::bool));
    }

    private Optional<Duration> duration(Fields fields, String key, Optional<String> zero) {
        return fields.value(key).flatMap(item -> scalars.duration(item, zero));
    }

    /** An empty list could be meant as "everybody" or as "nobody", and so means neither. */
    Optional<List<Cidr>> allow(Fields fields) {
        return fields.value("allow").map(item -> {
            if (item instanceof Listing list && list.items().isEmpty()) {
                problems.error(
                        item.place(),
                        "an empty allow could mean everybody or nobody",
                        "leave it out, or write [0.0.0.0/0, \"::/0\"] for everybody");
            }
            return cidrs.blocks(item);
        });
    }

    Optional<List<Cidr>> deny(Fields fields) {
        return fields.value("deny").map(cidrs::blocks);
    }

    private Optional<HostHeader> host(Item item) {
        return scalars.scalar(item, "preserve, rewrite, or the Host to send").flatMap(scalar -> {
            switch (scalar.text()) {
                case "preserve":
                    return Optional.of(new HostHeader.Preserve());
                case "rewrite":
                    return Optional.of(new HostHeader.Rewrite());
                default:
                    return upstreams.authority(scalar).map(HostHeader.Literal::new);
            }
        });
    }
}
