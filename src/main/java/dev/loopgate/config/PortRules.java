package dev.loopgate.config;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.BindAddress.Scope;
import dev.loopgate.model.UpstreamAddress;

/** Which sockets get in each other's way, and which targets are one of our own. */
public final class PortRules {

    private PortRules() {}

    /** Whether both cannot be bound at once. */
    public static boolean overlap(BindAddress a, BindAddress b) {
        if (a.port() != b.port()) {
            return false;
        }
        if (a.wildcard() || b.wildcard()) {
            return true;
        }
        return switch (a.scope()) {
            case LOOPBACK -> b.scope() == Scope.LOOPBACK || (b.scope() == Scope.ADDRESS && bothFamilies(b.address()));
            case LAN, DOCKER ->
                b.scope() == Scope.LAN
                        || b.scope() == Scope.DOCKER
                        || (a.scope() == Scope.LAN && b.scope() == Scope.ADDRESS && !loopback(b.address()));
            case UNIX -> a.equals(b);
            case ADDRESS -> b.scope() == Scope.ADDRESS ? a.address().equals(b.address()) : overlap(b, a);
        };
    }

    /** Whether a connection to the target arrives at this listener. */
    public static boolean reaches(UpstreamAddress address, BindAddress listener) {
        UpstreamAddress target = address.socket();
        if (target instanceof UpstreamAddress.HostPort named) {
            if (named.host().endsWith(".localhost")) {
                return reaches(new UpstreamAddress.LoopbackPort(named.port()), listener);
            }
            return named.port() == listener.port()
                    && switch (listener.scope()) {
                        case LOOPBACK -> bothFamilies(named.host());
                        case LAN, DOCKER, UNIX -> false;
                        case ADDRESS ->
                            named.host().equals(listener.address()) || (listener.wildcard() && loopback(named.host()));
                    };
        }
        if (target instanceof UpstreamAddress.UnixSocket socket) {
            return listener.equals(BindAddress.unix(socket.path()));
        }
        return target instanceof UpstreamAddress.LoopbackPort local
                && local.port() == listener.port()
                && switch (listener.scope()) {
                    case LOOPBACK -> true;
                    case LAN, DOCKER, UNIX -> false;
                    case ADDRESS -> listener.wildcard() || bothFamilies(listener.address());
                };
    }

    private static boolean bothFamilies(String address) {
        return address.equals("127.0.0.1") || address.equals("::1");
    }

    private static boolean loopback(String address) {
        return address.equals("::1")
                || (address.startsWith("127.") && IpLiteral.parse(address).isPresent());
    }
}
