package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.PortHolder;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A port that somebody listens on.
 *
 * @param addresses at least one; of one process
 * @param process empty where the system tells it only to others
 * @param user who listens; empty where the system does not tell
 * @param range as IANA divides the ports (RFC 6335 §6)
 * @param outgoing whether the system also gives the port to outgoing connections
 * @param service what usually listens there, such as {@code postgresql}
 * @param title of the page that is served there
 */
public record OpenPort(
        Protocol protocol,
        int port,
        List<InetAddress> addresses,
        Optional<Owner> process,
        Optional<String> user,
        Range range,
        boolean outgoing,
        Optional<String> service,
        Optional<String> title) {

    public OpenPort {
        addresses = List.copyOf(addresses);
    }

    /** Who gets in. */
    public enum Scope {
        /** This machine. */
        LOOPBACK,
        /** Containers of this machine, by its address on their network. */
        CONTAINERS,
        /** The networks of one address of this machine. */
        LAN,
        /** Every network that this machine is on. */
        ALL
    }

    public enum Range {
        WELL_KNOWN,
        REGISTERED,
        DYNAMIC;

        static Range of(int port) {
            return port < 1024 ? WELL_KNOWN : port < 49152 ? REGISTERED : DYNAMIC;
        }
    }

    /**
     * Who listens.
     *
     * @param directory that it works in; empty where the system does not tell
     * @param project the folder of the project that it works in; empty where that is none
     * @param gateway whether it is a Loopgate
     */
    public record Owner(
            long pid,
            String name,
            CommandLine command,
            String user,
            Optional<Path> directory,
            Optional<Path> project,
            boolean gateway) {

        /** As in a message. */
        PortHolder holder() {
            return new PortHolder(pid, name, command.brief(), user, gateway);
        }
    }

    /** How far the farthest of its addresses reaches. */
    public Scope scope() {
        return addresses.stream().map(OpenPort::scope).max(Enum::compareTo).orElse(Scope.LOOPBACK);
    }

    /** Who gets in by an address of this machine. */
    public static Scope scope(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return Scope.LOOPBACK;
        }
        if (address.isAnyLocalAddress()) {
            return Scope.ALL;
        }
        return Addresses.isForOthers(address) ? Scope.LAN : Scope.CONTAINERS;
    }

    /** Where a socket on this address is reached from this machine: one on every address by loopback. */
    public static InetAddress reached(InetAddress own) {
        if (!own.isAnyLocalAddress()) {
            return own;
        }
        return own.getAddress().length == 4 ? Addresses.LOOPBACK4 : Addresses.LOOPBACK6;
    }

    /** Whether the network reaches it, unless a firewall is in between. */
    public boolean open() {
        return scope().compareTo(Scope.LAN) >= 0;
    }

    OpenPort withTitle(Optional<String> known) {
        return new OpenPort(protocol, port, addresses, process, user, range, outgoing, service, known);
    }
}
