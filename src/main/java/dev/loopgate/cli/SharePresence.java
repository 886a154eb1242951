package dev.loopgate.cli;

import dev.loopgate.gateway.BindProblem;
import dev.loopgate.gateway.GatewayStatus;
import dev.loopgate.lan.Firewall;
import dev.loopgate.lan.LanAddress;
import dev.loopgate.lan.LocalName;
import dev.loopgate.lan.QrCode;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a share prints: where others find it, and who does. */
final class SharePresence implements GatewayProcess.Presence {

    /** So many clients are told by name: enough to see who is there, not for a log. */
    private static final int MOST = 1000;

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Terminal terminal;
    private final Protocol protocol;
    private final String name;
    private final Duration lifetime;
    private final Optional<String> label;
    private final boolean code;
    private final Set<InetAddress> seen = ConcurrentHashMap.newKeySet();
    private @Nullable LocalName announced;

    /**
     * @param name of what is shared
     * @param label to be announced
     * @param code whether to print a QR code
     */
    SharePresence(
            Terminal terminal,
            Protocol protocol,
            String name,
            Duration lifetime,
            Optional<String> label,
            boolean code) {
        this.terminal = terminal;
        this.protocol = protocol;
        this.name = name;
        this.lifetime = lifetime;
        this.label = label;
        this.code = code;
    }

    @Override
    public void listens(GatewayParts parts, Configuration configuration, GatewayStatus status) {
        boolean port = !status.forwards().isEmpty();
        if (port) {
            requireListening(status.forwards().get(0));
        }
        List<InetSocketAddress> sockets = sockets(status);
        List<LanAddress> reachable = LanAddress.of(sockets);
        Style style = terminal.outStyle();
        terminal.result(style.bold(name) + " is "
                + (reachable.isEmpty() ? "there for this machine" : style.bold("OPEN TO THE NETWORK")) + until() + ":");
        terminal.result("");
        Stream<LanAddress> all =
                reachable.isEmpty() ? sockets.stream().map(socket -> new LanAddress(socket, "")) : reachable.stream();
        List<LanAddress> shown = all.toList();
        shown.forEach(each -> terminal.result("  " + (port ? each.text() : each.url())
                + (each.interfaceName().isEmpty() ? "" : style.dim("   " + each.interfaceName()))));
        label.ifPresent(text -> announce(text, shown));
        terminal.result("");
        if (code && protocol == Protocol.TCP) {
            QrCode.of(shown.get(0).url()).lines(style.on()).forEach(line -> terminal.result("  " + line));
            terminal.result("");
        }
        if (!reachable.isEmpty()) {
            new Firewall()
                    .hint(shown.get(0).socket().getPort(), protocol.toString())
                    .ifPresent(hint -> terminal.say("should nobody get through: " + hint));
        }
        terminal.result(style.dim("Ctrl-C ends it."));
        status.warnings().forEach(terminal::warn);
    }

    private static void requireListening(GatewayStatus.ForwardState forward) {
        BindProblem problem = forward.problem().orElse(null);
        if (problem != null && forward.addresses().isEmpty()) {
            throw new CommandFailure(
                    problem.kind() == BindProblem.Kind.TAKEN ? ExitStatus.PORT_TAKEN : ExitStatus.FAILED,
                    problem.message(),
                    "to share it on another port: --on PORT");
        }
    }

    private static List<InetSocketAddress> sockets(GatewayStatus status) {
        Stream<String> texts = status.forwards().isEmpty()
                ? status.listeners().stream().map(GatewayStatus.Listening::address)
                : status.forwards().get(0).addresses().stream();
        return texts.map(LanAddress::parse).toList();
    }

    private String until() {
        return lifetime.isZero()
                ? ""
                : " until "
                        + CLOCK.format(LocalDateTime.now(ZoneId.systemDefault()).plus(lifetime));
    }

    private void announce(String text, List<LanAddress> shown) {
        try {
            announced = LocalName.announce(
                    text, shown.stream().map(LanAddress::socket).toList());
            int port = shown.get(0).socket().getPort();
            terminal.result("  http://" + text + ".local" + (port == 80 ? "" : ":" + port) + "/");
        } catch (IOException e) {
            terminal.warn(text + ".local is not announced: " + e.getMessage());
        }
    }

    @Override
    public void visited(InetAddress client) {
        if (seen.size() < MOST && seen.add(client)) {
            terminal.result(CLOCK.format(LocalDateTime.now(ZoneId.systemDefault())) + "  " + Addresses.text(client)
                    + " is there");
        }
    }

    @Override
    public String elsewhere(int port) {
        return ":  --on " + port;
    }

    @Override
    public boolean takesCommands() {
        return false;
    }

    @Override
    public Duration lifetime() {
        return lifetime;
    }

    @Override
    public void ended() {
        LocalName name = announced;
        if (name != null) {
            name.close();
        }
    }
}
