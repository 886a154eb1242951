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

/**
 * Asks the operating system who listens. What it takes to ask is loaded with the first question, on a thread of its own,
 * which is given up after two seconds: a machine with very many sockets, or a file system that hangs.
 */
public final class SystemPortHolders implements PortHolders {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final PortRules rules;
    private final SystemSockets sockets;
    private final Duration limit;

    public SystemPortHolders() {
        this(new PortRules(), Machine.ofThis(), LIMIT);
    }

    SystemPortHolders(PortRules rules, Machine machine, Duration limit) {
        this.rules = rules;
        this.sockets = new SystemSockets(machine);
        this.limit = limit;
    }

    @Override
    public Optional<PortHolder> holderOf(Protocol protocol, InetSocketAddress address) {
        CompletableFuture<Optional<PortHolder>> answer = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        answer.complete(sockets.holderOf(protocol, address));
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
}
