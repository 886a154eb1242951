package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
 * @param clients the five that have passed most, of those that are connected now
 * @param down targets that could not be reached when they were tried last
 * @param lastError why a connection failed last
 */
public record ForwardStatus(
        Forward rule,
        List<SocketAddress> listening,
        List<InetSocketAddress> missing,
        int connections,
        long accepted,
        long refused,
        long failed,
        long bytesToTarget,
        long bytesToClient,
        List<Client> clients,
        List<Down> down,
        Optional<ForwardError> lastError) {

    /** Of one that nothing has gone through. */
    static ForwardStatus unused(Forward rule, List<SocketAddress> listening, List<InetSocketAddress> missing) {
        return new ForwardStatus(rule, listening, missing, 0, 0, 0, 0, 0, 0, List.of(), List.of(), Optional.empty());
    }

    public ForwardStatus {
        listening = List.copyOf(listening);
        missing = List.copyOf(missing);
        clients = List.copyOf(clients);
        down = List.copyOf(down);
    }

    /**
     * Who uses a forward.
     *
     * @param connections now
     * @param bytes of these, both ways together
     */
    public record Client(InetAddress address, int connections, long bytes) {

        private static final int MOST = 5;

        private Client plus(Client other) {
            return new Client(address, connections + other.connections, bytes + other.bytes);
        }

        /** Those that have passed most, of everything that is open now. */
        static List<Client> top(Stream<Client> open) {
            return open.collect(Collectors.toMap(Client::address, client -> client, Client::plus)).values().stream()
                    .sorted(Comparator.comparingLong(Client::bytes).reversed())
                    .limit(MOST)
                    .toList();
        }
    }

    /** A target, and why it could not be reached. */
    public record Down(UpstreamAddress target, String cause) {}

    /** What went wrong, as one sentence, and when. */
    public record ForwardError(String message, Instant at) {}
}
