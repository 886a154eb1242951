package dev.loopgate.diagnose;

import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether names lead to this machine, as its resolver sees them. Browsers and curl take every name below
 * {@code localhost} for the loopback by themselves (RFC 6761 §6.3), other programs ask the resolver, and not every
 * resolver does.
 */
public final class ResolverCheck {

    /** Asks the resolver; throws where it does not know the name. */
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    /** How it looks from here. */
    public enum Outcome {
        /** The resolver does not know the name. */
        UNKNOWN,
        /** It leads to another machine, or to an address of this one that the gateway does not listen on. */
        ELSEWHERE
    }

    /** A name that does not lead to the gateway, and where it leads instead. */
    public record Finding(String name, Outcome outcome, List<String> addresses) {
        public Finding {
            addresses = List.copyOf(addresses);
        }

        /** One sentence. */
        public String text() {
            return switch (outcome) {
                case UNKNOWN ->
                    name.endsWith(".localhost") || name.equals("localhost")
                            ? "browsers and curl know " + name + " by themselves, other programs do not: the system"
                                    + " cannot resolve it"
                            : "the system cannot resolve " + name;
                case ELSEWHERE -> name + " leads to " + String.join(", ", addresses) + ", not to this gateway";
            };
        }
    }

    private static final int THREADS = 8;

    /** What is left of a line of 80 columns. */
    private static final int NAMES_WIDTH = 36;

    private final Resolver resolver;
    private final Duration limit;

    /** Gives up after two seconds. */
    public ResolverCheck() {
        this(Duration.ofSeconds(2));
    }

    /** @param limit when it gives up */
    public ResolverCheck(Duration limit) {
        this(InetAddress::getAllByName, limit);
    }

    ResolverCheck(Resolver resolver, Duration limit) {
        this.resolver = resolver;
        this.limit = limit;
    }

    /**
     * Blocks, for as long as the limit at most; names that have no answer by then are left out.
     *
     * @param names without wildcards
     * @param open whether the gateway listens on addresses other than loopback too
     */
    public List<Finding> check(Collection<String> names, boolean open) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, daemons());
        try {
            Map<String, CompletableFuture<List<InetAddress>>> answers = new LinkedHashMap<>();
            for (String name : names) {
                answers.computeIfAbsent(name, asked -> CompletableFuture.supplyAsync(() -> resolve(asked), threads));
            }
            long end = System.nanoTime() + limit.toNanos();
            List<Finding> findings = new ArrayList<>();
            for (Map.Entry<String, CompletableFuture<List<InetAddress>>> entry : answers.entrySet()) {
                judge(entry.getKey(), entry.getValue(), end, open, findings);
            }
            return findings;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Commands, to be pasted one by one, that make the names known to this machine; each fits a terminal. */
    public static List<String> hostsCommands(Collection<Finding> findings) {
        List<String> commands = new ArrayList<>();
        StringBuilder names = new StringBuilder();
        for (Finding finding : findings) {
            if (names.length() > 0 && names.length() + finding.name().length() >= NAMES_WIDTH) {
                commands.add(hostsCommand(names));
                names.setLength(0);
            }
            names.append(' ').append(finding.name());
        }
        if (names.length() > 0) {
            commands.add(hostsCommand(names));
        }
        return commands;
    }

    private static String hostsCommand(CharSequence names) {
        return ShellCommand.of("echo", "127.0.0.1" + names) + " | sudo tee -a /etc/hosts";
    }

    private List<InetAddress> resolve(String name) {
        try {
            return List.of(resolver.resolve(name));
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }

    private static void judge(
            String name, CompletableFuture<List<InetAddress>> answer, long end, boolean open, List<Finding> findings) {
        try {
            List<InetAddress> addresses = answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (addresses.isEmpty()) {
                findings.add(new Finding(name, Outcome.UNKNOWN, List.of()));
            } else if (addresses.stream().noneMatch(address -> leadsHere(address, open))) {
                List<String> texts = addresses.stream().map(Addresses::text).toList();
                findings.add(new Finding(name, Outcome.ELSEWHERE, texts));
            }
        } catch (TimeoutException | ExecutionException noAnswer) {
            // Nothing is known about the name, so nothing is said.
            return;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean leadsHere(InetAddress address, boolean open) {
        if (address.isLoopbackAddress()) {
            return true;
        }
        try {
            return open && NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return false;
        }
    }

    private static ThreadFactory daemons() {
        return task -> {
            Thread thread = new Thread(task, "loopgate-resolver-check");
            thread.setDaemon(true);
            return thread;
        };
    }
}
