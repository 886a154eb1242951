package dev.loopgate.forward;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.net.Listener;
import dev.loopgate.net.ProxyHeader;
import dev.loopgate.net.Transport;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One TCP forward. What serves connections is made with the first of them: most of the thousands of ports that a range can
 * have never see one. Any thread.
 */
final class TcpForward implements PortForward {

    private final Transport transport;
    private final ForwardTls tls;
    private final ForwardEvents events;
    private final ForwardSockets sockets;
    private volatile Forward.Tcp rule;
    private volatile @Nullable TcpTraffic traffic;

    TcpForward(Transport transport, ForwardTls tls, Forward.Tcp rule, ForwardEvents events) {
        this.transport = transport;
        this.tls = tls;
        this.rule = rule;
        this.events = events;
        this.sockets = new ForwardSockets(address -> transport.listen(address, this::accept));
    }

    @Override
    public Future<Void> open() {
        Forward.Tcp opened = rule;
        return opened.bind().scope() == BindAddress.Scope.UNIX
                ? sockets.open(() -> openUnix(opened)).onSuccess(open -> permitAsNow(opened))
                : sockets.open(opened.bind());
    }

    private Future<Listener> openUnix(Forward.Tcp asked) {
        return transport.unix().listen(asked.bind().address(), asked.file(), this::accept);
    }

    /** Where another rule came into force while the socket was being opened. */
    private synchronized void permitAsNow(Forward.Tcp opened) {
        if (!rule.file().equals(opened.file())) {
            transport.unix().permit(opened.bind().address(), rule.file());
        }
    }

    @Override
    public Future<Move> open(Collection<InetSocketAddress> addresses) {
        return sockets.open(rule.bind(), addresses);
    }

    @Override
    public Future<Move> follow(Collection<InetSocketAddress> addresses) {
        return sockets.follow(addresses);
    }

    /**
     * {@inheritDoc} It is for what is accepted from now on. Connections whose client it forbids are reset; those to a
     * target it does not name have its {@code drain} to finish; others go on.
     */
    @Override
    public synchronized void change(Forward next) {
        if (!(next instanceof Forward.Tcp tcp) || !next.key().equals(rule.key())) {
            throw new IllegalArgumentException("listens on " + rule.key() + ", not on " + next.key());
        }
        Forward.Tcp before = rule;
        rule = tcp;
        permitAsNow(before);
        TcpTraffic used = traffic;
        if (used != null) {
            used.change(tcp);
        }
    }

    private void accept(Channel client) {
        ProxyHeader parties = ProxyHeader.ofPeers(client);
        if (parties != null && !sockets.closed()) {
            traffic().accept(client, parties);
        } else {
            // It is gone again, or the forward is.
            Transport.reset(client);
        }
    }

    private TcpTraffic traffic() {
        TcpTraffic used = traffic;
        return used == null ? firstTraffic() : used;
    }

    private synchronized TcpTraffic firstTraffic() {
        TcpTraffic used = traffic;
        if (used == null) {
            used = new TcpTraffic(transport, tls, rule, sockets::closed, events);
            traffic = used;
        }
        return used;
    }

    @Override
    public Future<Void> retire() {
        return retire(rule.timeouts().drain());
    }

    /** {@inheritDoc} Connections that are left then are reset. */
    @Override
    public Future<Void> retire(Duration drain) {
        Future<Void> closed = stopAccepting();
        TcpTraffic used = traffic;
        if (used == null) {
            return closed;
        }
        Future<Void> drained = used.drain(drain);
        return closed.compose(free -> drained);
    }

    @Override
    public Future<Void> stopAccepting() {
        return sockets.close();
    }

    @Override
    public Forward.Tcp rule() {
        return rule;
    }

    @Override
    public List<SocketAddress> listening() {
        return sockets.listening();
    }

    @Override
    public ForwardStatus status() {
        TcpTraffic used = traffic;
        return used == null
                ? ForwardStatus.unused(rule, sockets.listening(), sockets.missing())
                : used.status(sockets.listening(), sockets.missing());
    }
}
