package dev.loopgate.doctor;

import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.doctor.Circumstances.Setup;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Whether the ports of a configuration that no gateway runs are there for one. */
record ListenCheck(Setup setup, Configuration configuration, Supplier<List<OpenPort>> ports) implements Check {

    private static final int MOST = 5;

    @Override
    public String name() {
        return "listener";
    }

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        Stream.concat(
                        configuration.listen().stream().map(bind -> new Forward.Key(Protocol.TCP, bind)),
                        configuration.forwards().stream().map(Forward::key))
                .forEach(key -> holder(key).ifPresent(holder -> findings.add(taken(key, holder))));
        if (findings.isEmpty()) {
            return List.of(Finding.ok(name(), "the ports of " + setup.name() + " are free"));
        }
        return findings.subList(0, Math.min(MOST, findings.size()));
    }

    private Finding taken(Forward.Key key, OpenPort holder) {
        String text = key + ": " + PortCheck.who(holder) + " listens on "
                + Addresses.text(new InetSocketAddress(holder.addresses().get(0), holder.port())) + " already";
        boolean gateway = holder.process().map(OpenPort.Owner::gateway).orElse(false);
        return Finding.fail(name(), text)
                .fix(
                        gateway
                                ? Optional.of(ShellCommand.of("loopgate", "attach", setup.name()))
                                : holder.process().map(process -> "kill " + process.pid()));
    }

    private Optional<OpenPort> holder(Forward.Key key) {
        return ports.get().stream()
                .filter(each -> each.protocol() == key.protocol()
                        && each.port() == key.bind().port())
                .filter(each -> each.addresses().stream().anyMatch(address -> blocks(key.bind(), address)))
                .findFirst();
    }

    private static boolean blocks(BindAddress bind, InetAddress taken) {
        if (taken.isAnyLocalAddress()) {
            return bind.scope() != BindAddress.Scope.UNIX;
        }
        return switch (bind.scope()) {
            case LOOPBACK -> taken.equals(Addresses.LOOPBACK4) || taken.equals(Addresses.LOOPBACK6);
            case LAN -> OpenPort.scope(taken) == OpenPort.Scope.LAN;
            case DOCKER -> OpenPort.scope(taken) == OpenPort.Scope.CONTAINERS;
            case ADDRESS ->
                bind.wildcard()
                        ? Addresses.literal(bind.address()).getAddress().length == taken.getAddress().length
                        : Addresses.literal(bind.address()).equals(taken);
            case UNIX -> false;
        };
    }
}
