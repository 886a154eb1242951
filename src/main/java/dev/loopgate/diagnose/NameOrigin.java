package dev.loopgate.diagnose;

import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Where a name leads on this machine, and who says so.
 *
 * @param name without brackets and without a dot at its end
 * @param source who gave the addresses
 * @param addresses empty where there are none, or nobody was asked
 */
public record NameOrigin(String name, Source source, List<InetAddress> addresses) {

    private static final HostsFile HOSTS = HostsFile.ofSystem(System::getenv);

    /** Who knows a name. */
    public enum Source {
        /** It is an address. */
        LITERAL,
        /** The hosts file has it. */
        HOSTS_FILE,
        /** The system's resolver knows it. */
        RESOLVER,
        /** Only programs that take every name below localhost for this machine (RFC 6761 §6.3): browsers, curl. */
        LOCALHOST,
        /** Nobody. */
        NOBODY,
        /** The resolver gave no answer in time, or was not asked. */
        UNKNOWN
    }

    public NameOrigin {
        addresses = List.copyOf(addresses);
    }

    /**
     * Blocks, for the limit at most.
     *
     * @param host as in a URL
     * @param limit how long the resolver may take; zero: it is not asked
     */
    public static NameOrigin of(String host, Duration limit) {
        return of(host, limit, HOSTS);
    }

    /** Whether a host, as in a URL, is an address and no name. */
    public static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    }

    static NameOrigin of(String host, Duration limit, HostsFile hosts) {
        String name = host.replaceAll("^\\[|\\]$", "").replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
        if (isAddress(name)) {
            try {
                // A literal: nothing is looked up.
                return new NameOrigin(name, Source.LITERAL, List.of(InetAddress.getByName(name)));
            } catch (UnknownHostException malformed) {
                return new NameOrigin(name, Source.NOBODY, List.of());
            }
        }
        List<InetAddress> written = inFile(name, hosts);
        if (!written.isEmpty()) {
            return new NameOrigin(name, Source.HOSTS_FILE, written);
        }
        boolean local = name.equals("localhost") || name.endsWith(".localhost");
        if (limit.isZero()) {
            return new NameOrigin(name, local ? Source.LOCALHOST : Source.UNKNOWN, List.of());
        }
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> answer.complete(resolve(name)), "loopgate-name");
        thread.setDaemon(true);
        thread.start();
        List<InetAddress> found = answer.completeOnTimeout(null, limit.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        if (found == null || found.isEmpty()) {
            return new NameOrigin(
                    name, local ? Source.LOCALHOST : found == null ? Source.UNKNOWN : Source.NOBODY, List.of());
        }
        return new NameOrigin(name, Source.RESOLVER, found);
    }

    /** Whether a client on this machine that asks for the name comes to this machine. */
    public boolean leadsHere() {
        return source == Source.LOCALHOST || addresses.stream().anyMatch(NameOrigin::isHere);
    }

    /** One clause. */
    public String text() {
        String list = addresses.stream().map(Addresses::text).collect(Collectors.joining(", "));
        return switch (source) {
            case LITERAL -> list + ", an address itself";
            case HOSTS_FILE -> list + ", by " + HOSTS.path();
            case RESOLVER -> list + ", by the system's resolver";
            case LOCALHOST ->
                "this machine, for browsers and curl, which know it by themselves (RFC 6761); for other programs the"
                        + " resolver has no address";
            case NOBODY -> "nowhere: the system's resolver does not know it";
            case UNKNOWN -> "not known: the resolver was not asked, or did not answer in time";
        };
    }

    private static boolean isHere(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return false;
        }
    }

    private static List<InetAddress> resolve(String name) {
        try {
            return List.of(InetAddress.getAllByName(name));
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }

    private static List<InetAddress> inFile(String name, HostsFile hosts) {
        List<InetAddress> found = new ArrayList<>();
        for (HostsFile.Entry entry : hosts.of(name)) {
            if (entry.address().matches("[0-9a-f:.]+")) {
                try {
                    found.add(InetAddress.getByName(entry.address()));
                } catch (UnknownHostException malformed) {
                    // The resolver passes such a line over as well.
                }
            }
        }
        return found;
    }
}
