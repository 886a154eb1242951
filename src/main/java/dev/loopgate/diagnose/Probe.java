package dev.loopgate.diagnose;

import dev.loopgate.net.Addresses;
import dev.loopgate.tls.TrustLists;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a host can be connected to, by each of its addresses, and what answers there.
 *
 * @param lookup how long its name took
 * @param attempts one for each address; empty where the name leads nowhere
 * @param speech of the first address that takes connections
 */
public record Probe(String host, int port, Duration lookup, List<Attempt> attempts, Optional<Speech> speech) {

    private static final int MOST_ADDRESSES = 16;

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

    /**
     * A connection that was tried.
     *
     * @param socket open where it was made
     */
    private record Dialled(Attempt attempt, Optional<Socket> socket) {}

    /**
     * Blocks, for as long as the name takes and a few times the limit.
     *
     * @param wanted what is to be spoken there
     * @param lists by which a certificate is judged
     */
    public static Probe of(String host, int port, Speech.Wanted wanted, TrustLists lists, Duration limit) {
        warmUp();
        long start = System.nanoTime();
        List<InetAddress> addresses = addresses(host);
        Duration lookup = since(start);
        List<Dialled> dialled = connect(addresses, port, limit);
        Optional<Speech> speech = Optional.empty();
        for (Dialled each : dialled) {
            if (each.socket.isPresent()) {
                InetSocketAddress address = new InetSocketAddress(each.attempt.address, port);
                if (speech.isEmpty()) {
                    speech = Optional.of(Speech.of(each.socket.get(), address, host, wanted, lists, limit));
                } else {
                    close(each.socket.get());
                }
            }
        }
        return new Probe(
                host, port, lookup, dialled.stream().map(Dialled::attempt).toList(), speech);
    }

    /** Whether each of these addresses takes a connection, on which nothing is said. Blocks for the limit at most. */
    public static List<Attempt> attempts(List<InetAddress> addresses, int port, Duration limit) {
        List<Dialled> dialled = connect(addresses, port, limit);
        dialled.forEach(each -> each.socket.ifPresent(Probe::close));
        return dialled.stream().map(Dialled::attempt).toList();
    }

    public boolean connected() {
        return speech.isPresent();
    }

    /** To load what a first connection takes is a matter of this program, and not of what is measured. */
    private static void warmUp() {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException noLoopback) {
            // Then the first connection takes a little longer.
        }
    }

    /** Those of localhost are both families, whatever the hosts file has: a service may listen on either. */
    private static List<InetAddress> addresses(String host) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        try {
            addresses.addAll(Arrays.asList(InetAddress.getAllByName(host)));
        } catch (UnknownHostException unknown) {
            // Then there is nothing to try.
        }
        // RFC 6761 §6.3: browsers take names below it for the loopback, whatever the resolver knows.
        boolean below = addresses.isEmpty() && host.toLowerCase(Locale.ROOT).endsWith(".localhost");
        if (below || host.equalsIgnoreCase("localhost")) {
            addresses.add(Addresses.LOOPBACK4);
            addresses.add(Addresses.LOOPBACK6);
        }
        return addresses.stream().limit(MOST_ADDRESSES).toList();
    }

    /** To all of them at the same time: each may take as long as the limit. */
    private static List<Dialled> connect(List<InetAddress> addresses, int port, Duration limit) {
        return Concurrently.askEach(addresses, address -> dial(address, port, limit));
    }

    private static Dialled dial(InetAddress address, int port, Duration limit) {
        long start = System.nanoTime();
        Socket socket = new Socket();
        Outcome outcome;
        String detail = "";
        try {
            socket.connect(new InetSocketAddress(address, port), SpeechProbe.millis(limit));
            return new Dialled(new Attempt(address, Outcome.CONNECTED, since(start), ""), Optional.of(socket));
        } catch (SocketTimeoutException e) {
            outcome = Outcome.TIMED_OUT;
        } catch (NoRouteToHostException e) {
            outcome = Outcome.UNREACHABLE;
        } catch (IOException e) {
            String words = String.valueOf(e.getMessage());
            outcome = outcome(words);
            detail = outcome == Outcome.FAILED ? words : "";
        }
        close(socket);
        return new Dialled(new Attempt(address, outcome, since(start), detail), Optional.empty());
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is not needed any more.
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
