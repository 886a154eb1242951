package dev.loopgate.config;

import dev.loopgate.model.Access;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.FieldEdits;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.RouteOptions.HostHeader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The options that one map states: of {@code defaults}, of a host or of a route. */
record Options(
        Optional<HostHeader> host,
        FieldEdits request,
        FieldEdits response,
        Optional<Duration> waitLimit,
        Optional<Duration> connect,
        Optional<Duration> firstByte,
        Optional<Duration> bodyIdle,
        Optional<Duration> idle,
        Optional<Boolean> keepAlive,
        Optional<List<Cidr>> allow,
        Optional<List<Cidr>> deny,
        Optional<Boolean> verify) {

    /** These, and for what they leave open the outer ones; changes to headers add up. */
    Options over(Options outer) {
        return new Options(
                host.or(outer::host),
                FieldEditsReader.over(outer.request, request),
                FieldEditsReader.over(outer.response, response),
                waitLimit.or(outer::waitLimit),
                connect.or(outer::connect),
                firstByte.or(outer::firstByte),
                bodyIdle.or(outer::bodyIdle),
                idle.or(outer::idle),
                keepAlive.or(outer::keepAlive),
                allow.or(outer::allow),
                deny.or(outer::deny),
                verify.or(outer::verify));
    }

    /** With the built-in defaults for what is still open. */
    RouteOptions resolved() {
        RouteOptions standard = RouteOptions.DEFAULT;
        return new RouteOptions(
                host.orElse(standard.host()),
                request,
                response,
                waitLimit,
                connect.orElse(standard.connect()),
                firstByte.orElse(standard.firstByte()),
                bodyIdle.orElse(standard.bodyIdle()),
                idle.orElse(standard.idle()),
                keepAlive.orElse(standard.keepAlive()),
                new Access(allow.orElse(List.of()), deny.orElse(List.of())),
                verify.orElse(standard.verify()));
    }
}
