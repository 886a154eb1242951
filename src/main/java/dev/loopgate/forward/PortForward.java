package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import dev.loopgate.net.BindFailure;
import dev.loopgate.net.Transport;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A forward that runs: its sockets, the rule in force, and who uses it. The sockets outlive a change of the rule, so that
 * no client is refused meanwhile. Any thread.
 */
public sealed interface PortForward permits TcpForward, UdpForward {

    /** One that does not listen yet. */
    static PortForward of(Transport transport, ForwardTls tls, Forward rule, ForwardEvents events) {
        return rule instanceof Forward.Udp udp
                ? new UdpForward(transport, udp, events)
                : new TcpForward(transport, tls, (Forward.Tcp) rule, events);
    }

    /**
     * Listens on every address of the rule, or on none.
     *
     * @return fails with {@link BindFailure}; it may be called again then
     */
    Future<Void> open();

    /**
     * Listens on those of these addresses that it can.
     *
     * @param addresses what the rule means at the moment; see {@link #follow}
     * @return fails with {@link BindFailure} where it can on none; it may be called again then
     */
    Future<Move> open(Collection<InetSocketAddress> addresses);

    /**
     * Listens where the rule belongs now: the addresses of this machine's interfaces come and go.
     *
     * @param addresses what the rule means at the moment
     * @return never fails; what cannot be bound is left for the next time
     */
    Future<Move> follow(Collection<InetSocketAddress> addresses);

    /**
     * @param moved whether it listens elsewhere than before
     * @param blocked why it does not listen everywhere
     */
    record Move(boolean moved, Optional<BindFailure> blocked) {}

    /**
     * Puts another rule on the same sockets in force.
     *
     * @throws IllegalArgumentException where the rule is for another socket
     */
    void change(Forward next);

    /**
     * Stops listening at once, for good, and leaves what goes on alone until {@link #retire}.
     *
     * @return completes once the sockets are free for others
     */
    Future<Void> stopAccepting();

    /**
     * Stops listening at once and lets connections finish.
     *
     * @param drain for so long; zero ends everything at once
     * @return completes once the sockets are free and nothing goes on any more
     */
    Future<Void> retire(Duration drain);

    /** The same for as long as the rule itself says. */
    Future<Void> retire();

    Forward rule();

    /** What is bound; empty before it is open and once it is retired. */
    List<SocketAddress> listening();

    ForwardStatus status();
}
