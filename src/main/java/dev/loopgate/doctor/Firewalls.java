package dev.loopgate.doctor;

import dev.loopgate.doctor.FirewallChains.Connection;
import dev.loopgate.doctor.FirewallChains.Refusal;
import dev.loopgate.doctor.SystemCommands.Reply;
import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The firewalls of this machine: which rule keeps a connection out, and how to let it in. Read once, with the first
 * question; where only root may read them, the command that does is known.
 */
final class Firewalls {

    private final SystemCommands commands;
    private final String system;
    private final Remembered<Rules> rules = new Remembered<>(this::read);

    /** @param hidden the command that prints rules which this user may not see; empty where there are none */
    private record Rules(List<FirewallChains> chains, Optional<String> hidden) {}

    /** Why a connection is kept out, in words that follow a colon, and how to let it in. */
    record Obstacle(String text, boolean tells, Optional<String> fix) {}

    /** @param system as {@link SystemCommands#system} gives it */
    Firewalls(SystemCommands commands, String system) {
        this.commands = commands;
        this.system = system;
    }

    /** The command, for somebody with more rights, that shows what could not be read. */
    Optional<String> hidden() {
        return rules.get().hidden;
    }

    /** What stands between a program of this machine and an address of this machine. */
    Optional<Obstacle> within(InetAddress address, int port) {
        return obstacle(new Connection(address, address, port, false, loopback()))
                .or(() -> obstacle(new Connection(address, address, port, true, loopback())));
    }

    /** What keeps a program of this machine from reaching another machine. */
    Optional<Obstacle> outwards(InetAddress address, int port) {
        return obstacle(new Connection(address, address, port, false, "?"));
    }

    /** What stands between the network and an address of this machine. */
    Optional<Obstacle> fromNetwork(InetAddress address, int port) {
        try {
            NetworkInterface network = NetworkInterface.getByInetAddress(address);
            return network == null
                    ? Optional.empty()
                    : obstacle(new Connection(neighbour(address), address, port, true, network.getName()));
        } catch (SocketException unknown) {
            return Optional.empty();
        }
    }

    /** Addresses of this machine that the network knows. */
    static List<InetAddress> ownAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(network -> network.getInterfaceAddresses().stream())
                    .map(InterfaceAddress::getAddress)
                    .filter(address -> Addresses.isForOthers(address) && !address.isLinkLocalAddress())
                    .toList();
        } catch (SocketException unknown) {
            return List.of();
        }
    }

    private String loopback() {
        return system.contains("linux") ? "lo" : "lo0";
    }

    private Optional<Obstacle> obstacle(Connection connection) {
        return rules.get().chains.stream()
                .map(chains -> chains.refusal(connection))
                .flatMap(Optional::stream)
                .findFirst()
                .map(refusal -> new Obstacle(
                        (refusal.certain() ? "" : "perhaps ") + refusal.rule().text(),
                        refusal.tells(),
                        fix(refusal, connection.port())));
    }

    private Optional<String> fix(Refusal refusal, int port) {
        String text = refusal.rule().text();
        Optional<String> removal = refusal.rule().removal();
        if (text.contains(" ufw-") || text.contains(" ufw6-") || ufw(text)) {
            return Optional.of("sudo ufw " + (text.contains("-user-") ? "insert 1 " : "") + "allow " + port + "/tcp");
        }
        if (text.contains("inet firewalld")) {
            return Optional.of("sudo firewall-cmd --add-port=" + port + "/tcp");
        }
        if (system.contains("windows")) {
            return removal.or(() -> Optional.of("netsh advfirewall firewall add rule name=loopgate dir=in action=allow"
                    + " protocol=TCP localport=" + port));
        }
        if (text.startsWith("policy drop of the chain ")) {
            return Optional.of("sudo nft insert rule " + text.substring("policy drop of the chain ".length())
                    + " tcp dport " + port + " accept");
        }
        if (removal.isEmpty() && text.contains(" -P ")) {
            String[] words = text.split(" ", -1);
            return Optional.of("sudo " + words[0] + " -I " + words[2] + " -p tcp --dport " + port + " -j ACCEPT");
        }
        return removal;
    }

    /** Its policy is that of the chain INPUT itself. */
    private boolean ufw(String text) {
        return text.contains(" -P INPUT")
                && commands.ask("iptables-save")
                        .map(reply -> reply.out().contains("ufw-before-input"))
                        .orElse(false);
    }

    private Rules read() {
        if (system.contains("windows")) {
            Optional<Reply> profile = commands.ask("netsh", "advfirewall", "show", "currentprofile");
            Optional<Reply> printed =
                    commands.ask("netsh", "advfirewall", "firewall", "show", "rule", "name=all", "dir=in");
            return new Rules(
                    profile.isPresent() && printed.isPresent()
                            ? List.of(WindowsRules.parse(
                                    profile.get().out(), printed.get().out()))
                            : List.of(),
                    Optional.empty());
        }
        if (!system.contains("linux")) {
            Optional<Reply> printed = commands.ask("pfctl", "-s", "rules");
            return printed.isPresent() && printed.get().good()
                    ? new Rules(List.of(PfRules.parse(printed.get().out())), Optional.empty())
                    : new Rules(List.of(), printed.map(denied -> "sudo pfctl -s rules"));
        }
        return readLinux();
    }

    private Rules readLinux() {
        List<FirewallChains> all = new ArrayList<>();
        Optional<String> hidden = Optional.empty();
        boolean legacy = true;
        for (String program : List.of("iptables", "ip6tables")) {
            Optional<Reply> saved = commands.ask(program + "-save");
            if (saved.isPresent() && saved.get().good()) {
                all.add(new IptablesRules(program).parse(saved.get().out()));
            } else {
                legacy = false;
                hidden = saved.map(denied -> "sudo iptables-save");
            }
        }
        Optional<Reply> listed = commands.ask("nft", "-j", "list", "ruleset");
        if (listed.isPresent() && listed.get().good()) {
            // What iptables wrote, it also reads better.
            boolean read = legacy;
            NftablesRules.parse(listed.get().out(), table -> !(read && table.matches("ip6? filter")))
                    .ifPresent(all::add);
            hidden = Optional.empty();
        } else if (listed.isPresent()) {
            hidden = Optional.of("sudo nft list ruleset");
        }
        return new Rules(all, hidden);
    }

    /** Another address of the same network, about. */
    private static InetAddress neighbour(InetAddress address) {
        byte[] bytes = address.getAddress();
        bytes[bytes.length - 1] ^= 1;
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            return address;
        }
    }

    /** Whether an address is one of this machine. */
    static boolean isOwn(InetAddress address) {
        if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            return true;
        }
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return false;
        }
    }
}
