package dev.loopgate.gateway;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.BindFailure;
import dev.loopgate.net.PortHolder;
import dev.loopgate.net.PortHolders;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;

/** Turns the failure of a bind into what a person can do about it. Blocks: asks the system who has the port. */
final class BindProblems {

    private final PortHolders holders;

    BindProblems(PortHolders holders) {
        this.holders = holders;
    }

    /** An address of the gateway itself. */
    BindProblem ofListener(Throwable failure) {
        return of(Protocol.TCP, "the gateway's port", failure, Optional.empty());
    }

    /** The same of UDP, for HTTP/3. */
    BindProblem ofHttp3(Throwable failure) {
        return of(Protocol.UDP, "the gateway's port", failure, Optional.empty());
    }

    /** An address of a forward. */
    BindProblem ofForward(Forward rule, Throwable failure) {
        return of(rule.protocol(), rule.key().toString(), failure, hintForForward(rule));
    }

    private BindProblem of(Protocol protocol, String otherwise, Throwable failure, Optional<String> hint) {
        if (!(failure instanceof BindFailure bind)) {
            return new BindProblem(
                    BindProblem.Kind.OTHER,
                    otherwise,
                    String.valueOf(failure.getMessage()),
                    Optional.empty(),
                    Optional.empty());
        }
        SocketAddress address = bind.address();
        if (!(address instanceof InetSocketAddress socket)) {
            return new BindProblem(
                    kind(bind), Addresses.text(address), bind.reason(), Optional.empty(), Optional.empty());
        }
        String text = Addresses.text(address) + (protocol == Protocol.TCP ? "" : "/" + protocol);
        return switch (bind.kind()) {
            case TAKEN -> {
                Optional<PortHolder> holder = holders.holderOf(protocol, socket);
                if (holder.map(PortHolder::pid).orElse(0L)
                        == ProcessHandle.current().pid()) {
                    yield new BindProblem(
                            BindProblem.Kind.TAKEN,
                            text,
                            "this gateway has it already",
                            Optional.empty(),
                            Optional.empty());
                }
                String cause = holder.isPresent() || protocol != Protocol.TCP
                        ? "the port is taken"
                        : holders.outgoing(socket.getPort())
                                .map(note -> "the port is taken; " + note)
                                .orElse("the port is taken, and the system does not say by whom");
                yield new BindProblem(BindProblem.Kind.TAKEN, text, cause, holder, hint);
            }
            case FORBIDDEN -> forbidden(protocol, text, socket.getPort(), bind);
            case NO_SUCH_ADDRESS ->
                new BindProblem(
                        BindProblem.Kind.NO_SUCH_ADDRESS,
                        socket.getAddress().isAnyLocalAddress() ? otherwise : text,
                        bind.reason(),
                        Optional.empty(),
                        Optional.empty());
            case OTHER ->
                new BindProblem(BindProblem.Kind.OTHER, text, bind.reason(), Optional.empty(), Optional.empty());
        };
    }

    private BindProblem forbidden(Protocol protocol, String text, int port, BindFailure bind) {
        Optional<String> privileged = holders.privileged(port);
        return new BindProblem(
                BindProblem.Kind.FORBIDDEN,
                text,
                privileged.orElse(bind.reason()),
                Optional.empty(),
                privileged.map(rule -> "use another port, or one of the ways in docs/systemd.md"),
                privileged.isEmpty()
                        ? List.of()
                        : PrivilegedPort.choices(protocol, Addresses.text(bind.address()), port));
    }

    static BindProblem.Kind kind(BindFailure failure) {
        return switch (failure.kind()) {
            case TAKEN -> BindProblem.Kind.TAKEN;
            case FORBIDDEN -> BindProblem.Kind.FORBIDDEN;
            case NO_SUCH_ADDRESS -> BindProblem.Kind.NO_SUCH_ADDRESS;
            case OTHER -> BindProblem.Kind.OTHER;
        };
    }

    /** A service that has the very port on which it is to be reached from elsewhere. */
    private static Optional<String> hintForForward(Forward rule) {
        BindAddress bind = rule.bind();
        boolean samePort = rule.targets().stream().anyMatch(target -> port(target) == bind.port());
        if (!samePort) {
            return Optional.empty();
        }
        if (bind.scope() == BindAddress.Scope.LAN) {
            return Optional.of("where the service itself listens on every address it needs no forward;"
                    + " else let it listen on 127.0.0.1 only");
        }
        return bind.open()
                ? Optional.of("the service itself has this port; \""
                        + new Forward.Key(rule.protocol(), BindAddress.lan(bind.port()))
                        + "\" takes it on every address but loopback")
                : Optional.of("the service itself has this port on loopback; it needs no forward");
    }

    private static int port(UpstreamAddress address) {
        UpstreamAddress target = address.socket();
        if (target instanceof UpstreamAddress.LoopbackPort port) {
            return port.port();
        }
        return target instanceof UpstreamAddress.HostPort named ? named.port() : -1;
    }
}
