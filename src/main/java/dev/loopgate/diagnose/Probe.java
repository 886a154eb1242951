package dev.loopgate.diagnose;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Whether a host can be connected to, by each of its addresses, and what answers there.
 *
 * @param lookup how long its name took
 * @param attempts one for each address; empty where the name leads nowhere
 * @param speech of the first address that takes connections
 */
public record Probe(String host, int port, Duration lookup, List<Attempt> attempts, Optional<Speech> speech) {

    public Probe {
        attempts = List.copyOf(attempts);
    }

    public enum Outcome {
        CONNECTED,
        REFUSED,
        TIMED_OUT,
        UNREACHABLE,
        FAILED
    }

    /**
     * To one address.
     *
     * @param detail what the system said, where it is none of the usual outcomes
     */
    public record Attempt(InetAddress address, Outcome outcome, Duration took, String detail) {}

    /** Blocks, for as long as the name takes and a few times the limit. */
    public static Probe of(String host, int port, Duration limit) {
        long start = System.nanoTime();
        List<InetAddress> addresses;
        try {
            addresses = new ArrayList<>(new LinkedHashSet<>(Arrays.asList(InetAddress.getAllByName(host))));
        } catch (UnknownHostException unknown) {
            addresses = List.of();
        }
        Duration lookup = since(start);
        List<Attempt> attempts = connect(addresses, port, limit);
        return new Probe(
                host,
                port,
                lookup,
                attempts,
                attempts.stream()
                        .filter(attempt -> attempt.outcome == Outcome.CONNECTED)
                        .findFirst()
                        .map(attempt -> Speech.of(new InetSocketAddress(attempt.address, port), host, limit)));
    }

    public boolean connected() {
        return speech.isPresent();
    }

    /** To all of them at the same time: each may take as long as the limit. */
    private static List<Attempt> connect(List<InetAddress> addresses, int port, Duration limit) {
        Executor threads = task -> {
            Thread thread = new Thread(task, "loopgate-probe");
            thread.setDaemon(true);
            thread.start();
        };
        return addresses.stream()
                .map(address -> CompletableFuture.supplyAsync(() -> attempt(address, port, limit), threads))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
    }

    private static Attempt attempt(InetAddress address, int port, Duration limit) {
        long start = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), (int) limit.toMillis());
            return new Attempt(address, Outcome.CONNECTED, since(start), "");
        } catch (SocketTimeoutException e) {
            return new Attempt(address, Outcome.TIMED_OUT, since(start), "");
        } catch (NoRouteToHostException e) {
            return new Attempt(address, Outcome.UNREACHABLE, since(start), "");
        } catch (IOException e) {
            Outcome outcome = outcome(String.valueOf(e.getMessage()));
            return new Attempt(
                    address, outcome, since(start), outcome == Outcome.FAILED ? String.valueOf(e.getMessage()) : "");
        }
    }

    /** Java tells some of them by the system's words only. */
    private static Outcome outcome(String words) {
        if (words.contains("refused")) {
            return Outcome.REFUSED;
        }
        if (words.contains("timed out")) {
            return Outcome.TIMED_OUT;
        }
        return words.contains("unreachable") || words.contains("No route") || words.contains("Cannot assign")
                ? Outcome.UNREACHABLE
                : Outcome.FAILED;
    }

    static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
