package dev.loopgate.doctor;

import dev.loopgate.doctor.Firewalls.Obstacle;
import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the network gets to what is open to it.
 *
 * @param open addresses of this machine, or the wildcard
 */
record FirewallCheck(Supplier<List<InetSocketAddress>> open, Firewalls firewalls) implements Check {

    private static final int MOST = 4;

    @Override
    public String name() {
        return "firewall";
    }

    @Override
    public List<Finding> look() {
        List<InetSocketAddress> sockets = open.get().stream()
                .flatMap(socket -> concrete(socket).stream())
                .distinct()
                .limit(16)
                .toList();
        if (sockets.isEmpty()) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        for (InetSocketAddress socket : sockets) {
            Optional<Obstacle> obstacle = firewalls.fromNetwork(socket.getAddress(), socket.getPort());
            obstacle.ifPresent(rule -> findings.add(
                    Finding.warn(name(), "the network does not reach " + Addresses.text(socket) + ": " + rule.text())
                            .fix(rule.fix())));
        }
        if (findings.isEmpty()) {
            return List.of(firewalls
                    .unread()
                    .map(unread -> Finding.info(
                                    name(), "whether a firewall keeps the network out is not known: " + unread.why())
                            .fix(unread.command()))
                    .orElseGet(() -> Finding.ok(name(), "no rule of a firewall here keeps the network out")));
        }
        return findings.subList(0, Math.min(MOST, findings.size()));
    }

    private static List<InetSocketAddress> concrete(InetSocketAddress socket) {
        InetAddress address = socket.getAddress();
        if (!address.isAnyLocalAddress()) {
            return Addresses.isForOthers(address) ? List.of(socket) : List.of();
        }
        return Firewalls.ownAddresses().stream()
                .filter(own -> address.getAddress().length == 16 || own.getAddress().length == 4)
                .map(own -> new InetSocketAddress(own, socket.getPort()))
                .toList();
    }
}
