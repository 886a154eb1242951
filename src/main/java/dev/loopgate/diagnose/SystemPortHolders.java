package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.PortHolder;
import dev.loopgate.net.PortHolders;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import oshi.SystemInfo;
import oshi.software.os.OSProcess;

/**
 * Asks the operating system who listens. What it takes to ask is loaded with the first question, on a thread of its own,
 * which is given up after two seconds: a machine with very many sockets, or a file system that hangs.
 */
public final class SystemPortHolders implements PortHolders {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** A message is one line: a command line of a JVM alone can fill a screen. */
    private static final int COMMAND_LENGTH = 120;

    /** What follows is the program's options; what it works on comes last. */
    private static final int COMMAND_START = 30;

    private static final Pattern GATEWAY =
            Pattern.compile("java\\b.*(\\bloopgate\\.jar(\\s|$)|\\bdev\\.loopgate\\.cli\\.Main\\b)");

    private final PortRules rules;
    private final SocketOwners owners;
    private final SystemSockets sockets = new SystemSockets(SystemPortHolders::process);
    private final Duration limit;

    public SystemPortHolders() {
        this(new PortRules(), new SocketOwners(), LIMIT);
    }

    SystemPortHolders(PortRules rules, SocketOwners owners, Duration limit) {
        this.rules = rules;
        this.owners = owners;
        this.limit = limit;
    }

    @Override
    public Optional<PortHolder> holderOf(Protocol protocol, InetSocketAddress address) {
        CompletableFuture<Optional<PortHolder>> answer = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        answer.complete(ask(protocol, address));
                    } catch (RuntimeException | LinkageError | OutOfMemoryError unsupported) {
                        // No native access here, a system that oshi does not know, or too many sockets: then nobody
                        // knows.
                        answer.complete(Optional.empty());
                    }
                },
                "loopgate-port-holders");
        thread.setDaemon(true);
        thread.start();
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException unknown) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> privileged(int port) {
        return rules.privileged(port);
    }

    @Override
    public Optional<String> outgoing(int port) {
        return rules.outgoing(port);
    }

    private Optional<PortHolder> ask(Protocol protocol, InetSocketAddress address) {
        return sockets.holderOf(new SystemInfo().getOperatingSystem(), protocol, address)
                .map(found -> found.process()
                        .orElseGet(() -> new PortHolder(
                                0,
                                "",
                                "",
                                owners.userOf(protocol, found.address()).orElse(""),
                                false)));
    }

    private static Optional<PortHolder> process(long pid) {
        OSProcess process = new SystemInfo().getOperatingSystem().getProcess((int) pid);
        return Optional.ofNullable(process).map(SystemPortHolders::describe);
    }

    private static PortHolder describe(OSProcess process) {
        String command = command(process);
        return new PortHolder(
                process.getProcessID(), name(process), shorten(command), process.getUser(), isGateway(command));
    }

    /** With its arguments, as it may be shown on a terminal. */
    static String command(OSProcess process) {
        return Printable.of(process.getCommandLine().replace('\0', ' '));
    }

    static String name(OSProcess process) {
        return Printable.of(process.getName());
    }

    static String shorten(String command) {
        return command.length() <= COMMAND_LENGTH
                ? command
                : command.substring(0, COMMAND_START) + " … "
                        + command.substring(command.length() - COMMAND_LENGTH + COMMAND_START);
    }

    static boolean isGateway(String command) {
        return GATEWAY.matcher(command).find();
    }
}
