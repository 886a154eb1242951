package dev.loopgate.explain;

import dev.loopgate.diagnose.Probe;
import dev.loopgate.diagnose.Probe.Attempt;
import dev.loopgate.diagnose.Probe.Outcome;
import dev.loopgate.diagnose.UnixListener;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.HostPort;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.model.UpstreamAddress.UnixSocket;
import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether an upstream takes connections. Connects, closes, sends nothing.
 *
 * @param up whether one address does
 * @param attempts one sentence for each address
 * @param first that takes connections; empty for a Unix socket, and where none does
 * @param late whether no answer came in time, so that it is not refused
 */
record Reachability(boolean up, List<String> attempts, Optional<InetSocketAddress> first, boolean late) {

    Reachability {
        attempts = List.copyOf(attempts);
    }

    private Reachability(boolean up, String why) {
        this(up, List.of(why), Optional.empty(), false);
    }

    static Reachability down(String why) {
        return new Reachability(false, why);
    }

    /** Tries all addresses at once; blocks for the limit at most, and as long as a name takes. */
    static Reachability of(UpstreamAddress upstream, Duration limit) {
        if (upstream instanceof UnixSocket unix) {
            UnixListener listener = UnixListener.look(unix.path());
            return new Reachability(listener.up(), listener.text());
        }
        if (upstream instanceof LoopbackPort loopback) {
            return of(List.of(Addresses.LOOPBACK4, Addresses.LOOPBACK6), loopback.port(), limit);
        }
        HostPort named = (HostPort) upstream;
        try {
            return of(List.of(InetAddress.getAllByName(named.host())), named.port(), limit);
        } catch (UnknownHostException e) {
            return down("the name of " + upstream + " cannot be resolved");
        }
    }

    private static Reachability of(List<InetAddress> addresses, int port, Duration limit) {
        List<Attempt> attempts = Probe.attempts(addresses, port, limit);
        Optional<InetSocketAddress> first = attempts.stream()
                .filter(attempt -> attempt.outcome() == Outcome.CONNECTED)
                .findFirst()
                .map(attempt -> new InetSocketAddress(attempt.address(), port));
        boolean late = attempts.stream().anyMatch(attempt -> attempt.outcome() == Outcome.TIMED_OUT);
        return new Reachability(
                first.isPresent(),
                attempts.stream()
                        .map(attempt -> Addresses.text(new InetSocketAddress(attempt.address(), port)) + " "
                                + words(attempt, limit))
                        .toList(),
                first,
                late && first.isEmpty());
    }

    private static String words(Attempt attempt, Duration limit) {
        return switch (attempt.outcome()) {
            case CONNECTED -> "takes connections";
            case REFUSED -> "refuses connections: nothing listens there";
            case TIMED_OUT -> "does not answer within " + limit.toMillis() + " ms";
            case UNREACHABLE -> "cannot be reached: there is no way to it";
            case FAILED -> "cannot be reached: " + attempt.detail();
        };
    }
}
