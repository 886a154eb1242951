package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A forward at one moment; counts are since it was opened.
 *
 * @param rule in force for new connections
 * @param listening what is bound; empty before it is open and once it is retired
 * @param missing the loopback family that this machine lacks
 * @param connections now, those included that are still connecting
 * @param accepted connections
 * @param refused at accept: by address or by the cap
 * @param failed for want of a target that could be reached
 * @param bytesToTarget payload read from clients
 * @param bytesToClient payload read from targets
 * @param lastError why a connection failed last
 */
public record ForwardStatus(
        Forward rule,
        List<InetSocketAddress> listening,
        List<InetSocketAddress> missing,
        int connections,
        long accepted,
        long refused,
        long failed,
        long bytesToTarget,
        long bytesToClient,
        Optional<ForwardError> lastError) {

    public ForwardStatus {
        listening = List.copyOf(listening);
        missing = List.copyOf(missing);
    }

    /** What went wrong, as one sentence, and when. */
    public record ForwardError(String message, Instant at) {}
}
