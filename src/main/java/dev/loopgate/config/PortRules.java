package dev.loopgate.config;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.BindAddress.Scope;
import dev.loopgate.model.UpstreamAddress;

/** Which sockets get in each other's way, and which targets are one of our own. */
public final class PortRules {

    private PortRules() {}

    /** Whether both cannot be bound at once. */
    static boolean overlap(BindAddress a, BindAddress b) {
        if (a.port() != b.port()) {
            return false;
        }
        if (any(a) || any(b)) {
            return true;
        }
        return switch (a.scope()) {
            case LOOPBACK -> b.scope() == Scope.LOOPBACK || (b.scope() == Scope.ADDRESS && bothFamilies(b.address()));
            case LAN -> b.scope() == Scope.LAN || (b.scope() == Scope.ADDRESS && !loopback(b.address()));
            case ADDRESS -> b.scope() == Scope.ADDRESS ? a.address().equals(b.address()) : overlap(b, a);
        };
    }

    /** Whether a connection to the target arrives at this listener. */
    public static boolean reaches(UpstreamAddress target, BindAddress listener) {
        if (target instanceof UpstreamAddress.HostPort named) {
            if (named.host().endsWith(".localhost")) {
                return reaches(new UpstreamAddress.LoopbackPort(named.port()), listener);
            }
            return named.port() == listener.port()
                    && switch (listener.scope()) {
                        case LOOPBACK -> bothFamilies(named.host());
                        case LAN -> false;
                        case ADDRESS ->
                            named.host().equals(listener.address()) || (any(listener) && loopback(named.host()));
                    };
        }
        return target instanceof UpstreamAddress.LoopbackPort local
                && local.port() == listener.port()
                && switch (listener.scope()) {
                    case LOOPBACK -> true;
                    case LAN -> false;
                    case ADDRESS -> any(listener) || bothFamilies(listener.address());
                };
    }

    /** Whether every address is meant; on most systems :: takes IPv4 too. */
    static boolean any(BindAddress address) {
        return address.scope() == Scope.ADDRESS
                && (address.address().equals("0.0.0.0") || address.address().equals("::"));
    }

    private static boolean bothFamilies(String address) {
        return address.equals("127.0.0.1") || address.equals("::1");
    }

    private static boolean loopback(String address) {
        return address.equals("::1")
                || (address.startsWith("127.") && IpLiteral.parse(address).isPresent());
    }
}
