package dev.loopgate.net;

import java.net.InetSocketAddress;
import java.util.Optional;

/** Tells who listens on a TCP port of this machine. */
public interface PortHolders {

    /** Knows nobody. */
    PortHolders UNKNOWN = address -> Optional.empty();

    /**
     * The process whose listening socket takes the address, be it bound to that very address or to all of them. Blocks,
     * for at most some two seconds: never called on an event loop.
     *
     * @return empty where nobody listens, or the system does not say who
     */
    Optional<PortHolder> holderOf(InetSocketAddress address);
}
