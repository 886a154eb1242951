package dev.loopgate.net;

import dev.loopgate.model.Forward.Protocol;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Tells who listens on a port of this machine, and what the system itself does with it. */
public interface PortHolders {

    /** Knows nothing. */
    PortHolders UNKNOWN = (protocol, address) -> Optional.empty();

    /**
     * The process whose listening socket takes the address, be it bound to that very address or to all of them. Blocks,
     * for at most some two seconds: never called on an event loop.
     *
     * @return empty where nobody listens, or the system does not say who
     */
    Optional<PortHolder> holderOf(Protocol protocol, InetSocketAddress address);

    /** Why the system lets only the privileged bind a port, in one clause; empty where it does not. Blocks for a moment. */
    default Optional<String> privileged(int port) {
        return Optional.empty();
    }

    /** That an outgoing connection of TCP may have a port that nobody listens on, in one clause. Blocks for a moment. */
    default Optional<String> outgoing(int port) {
        return Optional.empty();
    }
}
