package dev.loopgate.cli;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.PortHolder;
import dev.loopgate.net.PortHolders;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Knows of another Loopgate of this user which file it runs: its own socket tells. */
record GatewayHolders(PortHolders system, Surroundings surroundings) implements PortHolders {

    @Override
    public Optional<PortHolder> holderOf(Protocol protocol, InetSocketAddress address) {
        return system.holderOf(protocol, address).map(holder -> holder.gateway() ? asked(holder) : holder);
    }

    @Override
    public Optional<String> privileged(int port) {
        return system.privileged(port);
    }

    @Override
    public Optional<String> outgoing(int port) {
        return system.outgoing(port);
    }

    private PortHolder asked(PortHolder holder) {
        if (holder.pid() == ProcessHandle.current().pid()) {
            return holder;
        }
        try {
            return GatewayChoice.client(surroundings)
                    .ofProcess(holder.pid())
                    .map(gateway -> holder.withFile(gateway.file()))
                    .orElse(holder);
        } catch (CommandFailure nowhere) {
            return holder;
        }
    }
}
