package dev.loopgate.doctor;

import dev.loopgate.doctor.FirewallChains.Connection;
import dev.loopgate.doctor.FirewallChains.Refusal;
import dev.loopgate.doctor.SystemCommands.Answer;
import dev.loopgate.doctor.SystemCommands.Missing;
import dev.loopgate.doctor.SystemCommands.Unfinished;
import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The firewalls of this machine: which rule keeps a connection out, and how to let it in. Read once, with the first
 * question; where only root may read them, the command that does is known.
 */
final class Firewalls {

    /** In which firewalld has the rules for the network that a connection comes from. */
    private static final Pattern ZONE = Pattern.compile(" filter_IN_([\\w-]+?)(?:_(?:pre|log|deny|allow|post))?:");

    private final SystemCommands commands;
    private final String system;
    private final Remembered<Rules> rules = new Remembered<>(this::read);

    /** @param unread of which program it is not known what it would print; empty where all rules were read */
    private record Rules(List<FirewallChains> chains, Optional<Unread> unread) {}

    /**
     * Rules that are perhaps there, and were not read.
     *
     * @param why one clause
     * @param command for somebody with more rights, or patience, that shows them; empty where no program is there
     */
    record Unread(String why, Optional<String> command) {

        static Unread of(Answer answer, String... command) {
            String line = String.join(" ", command);
            return answer instanceof Unfinished
                    ? new Unread(line + " did not end in time", Optional.of("sudo " + line))
                    : new Unread("its rules are told to root only", Optional.of("sudo " + line));
        }
    }

    /** Why a connection is kept out, in words that follow a colon, and how to let it in. */
    record Obstacle(String text, boolean tells, Optional<String> fix) {}

    /** @param system as {@link SystemCommands#system} gives it */
    Firewalls(SystemCommands commands, String system) {
        this.commands = commands;
        this.system = system;
    }

    /** What could not be read; empty where no rule can have been missed. */
    Optional<Unread> unread() {
        return rules.get().unread;
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
            Matcher zone = ZONE.matcher(text);
            return Optional.of("sudo firewall-cmd " + (zone.find() ? "--zone=" + zone.group(1) + " " : "")
                    + "--add-port=" + port + "/tcp");
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
                        .printed()
                        .map(saved -> saved.contains("ufw-before-input"))
                        .orElse(false);
    }

    private Rules read() {
        if (system.contains("windows")) {
            return readWindows();
        }
        return system.contains("linux") ? readLinux() : readPf();
    }

    private Rules readWindows() {
        String[] list = {"netsh", "advfirewall", "firewall", "show", "rule", "name=all", "dir=in"};
        Optional<String> profile =
                commands.ask("netsh", "advfirewall", "show", "currentprofile").printed();
        Answer answer = commands.ask(list);
        // In other languages it has other words.
        if (profile.filter(WindowsRules::isEnglish).isEmpty()
                || answer.printed().isEmpty()) {
            String line = String.join(" ", list);
            return new Rules(List.of(), Optional.of(new Unread("netsh is not understood", Optional.of(line))));
        }
        return new Rules(
                List.of(WindowsRules.parse(profile.get(), answer.printed().get())), Optional.empty());
    }

    private Rules readPf() {
        Answer answer = commands.ask("pfctl", "-s", "rules");
        return answer.printed()
                .map(printed -> new Rules(List.of(PfRules.parse(printed)), Optional.empty()))
                .orElseGet(() -> new Rules(
                        List.of(),
                        Optional.of(
                                answer instanceof Missing
                                        ? new Unread("there is no pfctl here", Optional.empty())
                                        : Unread.of(answer, "pfctl", "-s", "rules"))));
    }

    private Rules readLinux() {
        List<FirewallChains> all = new ArrayList<>();
        Optional<Unread> denied = Optional.empty();
        Optional<Unread> unfinished = Optional.empty();
        boolean legacy = true;
        int missing = 0;
        for (String program : List.of("iptables", "ip6tables")) {
            Answer answer = commands.ask(program + "-save");
            Optional<String> saved = answer.printed();
            if (saved.isPresent()) {
                all.add(new IptablesRules(program).parse(saved.get()));
                continue;
            }
            legacy = false;
            if (answer instanceof Missing) {
                missing++;
            } else if (answer instanceof Unfinished) {
                unfinished = Optional.of(Unread.of(answer, program + "-save"));
            } else {
                denied = Optional.of(Unread.of(answer, program + "-save"));
            }
        }
        Answer answer = commands.ask("nft", "-j", "list", "ruleset");
        // What iptables wrote, it also reads better.
        boolean read = legacy;
        Optional<FirewallChains> listed = answer.printed()
                .flatMap(json -> NftablesRules.parse(json, table -> !(read && table.matches("ip6? filter"))));
        if (missing == 2 && answer instanceof Missing) {
            return new Rules(
                    all,
                    Optional.of(new Unread("neither nft nor iptables is here to show its rules", Optional.empty())));
        }
        if (listed.isPresent()) {
            // All that the kernel has, but for what an iptables of the old kind wrote, which denies nothing to whom nft
            // does not.
            all.add(listed.get());
            return new Rules(all, unfinished);
        }
        if (!(answer instanceof Missing)) {
            return new Rules(all, Optional.of(Unread.of(answer, "nft", "list", "ruleset")));
        }
        return new Rules(all, unfinished.isPresent() ? unfinished : denied);
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
