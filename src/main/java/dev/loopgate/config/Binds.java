package dev.loopgate.config;

import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.BindAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Addresses to listen on, as text: {@code [address:]port[-port]}. */
final class Binds {

    private final Problems problems;
    private final Scalars scalars;

    Binds(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
    }

    /** An address with one port; the scope {@code lan} and ranges are for forwards. */
    Optional<BindAddress> single(Scalar at, String text) {
        return parse(at, text, false).map(list -> list.get(0));
    }

    /** An address with one port or a range of them, expanded. */
    Optional<List<BindAddress>> range(Scalar at, String text) {
        return parse(at, text, true);
    }

    /**
     * An address without a port.
     *
     * @param host {@code localhost} or an IP address
     */
    Optional<BindAddress> address(Scalar at, String host, int port) {
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        return scope(at, brackets ? host.substring(1, host.length() - 1) : host, port, false);
    }

    private Optional<List<BindAddress>> parse(Scalar at, String text, boolean forward) {
        if (text.startsWith("unix:")) {
            return refuse(at, "is a Unix socket, and those are for forwards", "write a port");
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String ports = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            if (!host.contains(":")) {
                return refuse(at, "has no IPv6 address between its brackets", "write [::1]:" + ports);
            }
        } else if (host.contains(":") || text.endsWith("]")) {
            return IpLiteral.parse(text).isPresent() || text.endsWith("]")
                    ? refuse(at, "has no port, or no brackets around its IPv6 address", "write \"[::1]:5432\"")
                    : refuse(at, "has an IPv6 address without brackets", "write \"[" + host + "]:" + ports + "\"");
        } else if (colon == 0) {
            return refuse(
                    at, "has no address", "write " + ports + " for loopback, 0.0.0.0:" + ports + " for every address");
        } else if (colon < 0 && !ports.matches("[0-9-]*")) {
            return refuse(
                    at,
                    "is no port and no address with a port",
                    "write a port, or an address with one: 127.0.0.1:62893");
        }
        int dash = ports.indexOf('-');
        if (dash > 0 && !forward) {
            return refuse(at, "is a range of ports", "list the ports one by one");
        }
        Optional<Integer> first = scalars.port(at, dash <= 0 ? ports : ports.substring(0, dash));
        Optional<Integer> last = dash <= 0 ? first : scalars.port(at, ports.substring(dash + 1));
        if (first.isEmpty() || last.isEmpty()) {
            return Optional.empty();
        }
        if (last.get() < first.get()) {
            return refuse(at, "ends before it begins", "write " + last.get() + "-" + first.get());
        }
        return scope(at, host, first.get(), forward)
                .map(bind -> IntStream.rangeClosed(first.get(), last.get())
                        .mapToObj(port -> new BindAddress(bind.scope(), bind.address(), port))
                        .toList());
    }

    private Optional<BindAddress> scope(Scalar at, String host, int port, boolean forward) {
        if (host.isEmpty() || host.equals("localhost")) {
            return Optional.of(BindAddress.loopback(port));
        }
        if (host.equals("lan")) {
            return forward
                    ? Optional.of(BindAddress.lan(port))
                    : refuse(at, "is for forwards", "write 0.0.0.0:" + port + " to listen on every address");
        }
        if (host.equals("docker")) {
            return Optional.of(BindAddress.docker(port));
        }
        if (host.equals("*")) {
            return refuse(at, "is no address", "write 0.0.0.0:" + port + " for every address");
        }
        return IpLiteral.parse(host)
                .map(address -> BindAddress.of(IpLiteral.text(address), port))
                .or(() -> refuse(
                        at,
                        "does not begin with an address of this machine",
                        "write an IP address, localhost" + (forward ? ", lan" : "")
                                + ", docker, or the port alone for loopback"));
    }

    private <T> Optional<T> refuse(Scalar at, String message, String hint) {
        problems.error(at.place(), at.shown() + " " + message, hint);
        return Optional.empty();
    }
}
