package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Datagrams;
import dev.loopgate.net.Pace;
import dev.loopgate.net.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One UDP forward and its sessions, all on one event loop: a datagram's way is {@link #received}, {@link UdpSession}, and
 * back by {@link #toClient}. The interface's methods may be called by any thread.
 */
final class UdpForward implements PortForward {

    private static final long LONGEST_SWEEP = TimeUnit.SECONDS.toNanos(1);

    /** So many sessions a forward may have where those of all forwards are too many for the process. */
    private static final int FEW = 16;

    private final Transport transport;
    private final Datagrams datagrams;
    private final EventLoop loop;
    private final ForwardSockets sockets;
    private final ForwardEvents events;
    private final ForwardTrouble trouble;
    private final UdpSessions sessions = new UdpSessions();
    private final Map<UpstreamAddress, InetSocketAddress> proven = new HashMap<>();
    private final List<UdpSession> written = new ArrayList<>();
    private final UdpAnswers answers;
    private final TargetTurns turns;
    private final Pace toTarget = new Pace();
    private final Pace toClient = new Pace();
    private boolean sweeping;

    private volatile Forward.Udp rule;
    private volatile int open;
    /** Counters are written by the loop only. */
    private final AtomicLong opened = new AtomicLong();

    private final AtomicLong bytesToTarget = new AtomicLong();
    private final AtomicLong bytesToClient = new AtomicLong();

    UdpForward(Transport transport, Forward.Udp rule, ForwardEvents events) {
        this.transport = transport;
        this.datagrams = transport.datagrams();
        this.rule = rule;
        this.events = events;
        this.loop = transport.nextLoop();
        this.sockets = new ForwardSockets(address -> datagrams.listen(loop, address, new UdpEntrance(this, address)));
        this.answers = new UdpAnswers(datagrams, loop, this::dropped);
        this.trouble = new ForwardTrouble(loop, () -> this.rule, events);
        this.turns = new TargetTurns((target, cause) -> events.targetChanged(this.rule, target, cause));
        limit(rule);
    }

    @Override
    public Future<Void> open() {
        return sockets.open(rule.bind());
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
     * {@inheritDoc} Sessions end whose client it forbids or whose target it does not name: the next datagram begins another.
     */
    @Override
    public void change(Forward next) {
        if (!(next instanceof Forward.Udp udp) || !next.key().equals(rule.key())) {
            throw new IllegalArgumentException("listens on " + rule.key() + ", not on " + next.key());
        }
        rule = udp;
        limit(udp);
        turns.keep(udp.targets());
        loop.execute(() -> {
            for (UdpSession session : sessions.all()) {
                if (!permits(udp, session.client().address()) || !udp.targets().contains(session.target())) {
                    session.end();
                }
            }
            makeRoom(udp.sessions());
        });
    }

    private void limit(Forward.Udp udp) {
        for (Pace pace : List.of(toTarget, toClient)) {
            pace.set(udp.bandwidth(), TimeUnit.SECONDS.toNanos(1), TcpTraffic.BURST.toNanos());
        }
    }

    @Override
    public Future<Void> stopAccepting() {
        return sockets.close();
    }

    @Override
    public Future<Void> retire() {
        return retire(Duration.ZERO);
    }

    /** {@inheritDoc} Sessions have no end that could be waited for: they end with the socket that answers come from. */
    @Override
    public Future<Void> retire(Duration drain) {
        return stopAccepting().compose(free -> {
            Promise<Void> over = Promise.promise();
            loop.execute(() -> {
                sessions.all().forEach(UdpSession::end);
                over.complete();
            });
            return over.future();
        });
    }

    @Override
    public List<SocketAddress> listening() {
        return sockets.listening();
    }

    @Override
    public Forward.Udp rule() {
        return rule;
    }

    @Override
    public ForwardStatus status() {
        return new ForwardStatus(
                rule,
                sockets.listening(),
                sockets.missing(),
                open,
                opened.get(),
                trouble.refusals(),
                trouble.failures(),
                bytesToTarget.get(),
                bytesToClient.get(),
                ForwardStatus.Client.top(sessions.all().stream().map(UdpSession::use)),
                turns.down(rule.targets()),
                trouble.lastError());
    }

    void received(Channel socket, boolean containersOnly, DatagramPacket packet) {
        UdpClient client = new UdpClient(socket, packet.sender());
        UdpSession session = sessions.get(client);
        if (session == null) {
            session = begin(client, containersOnly);
        }
        if (session == null) {
            packet.release();
            return;
        }
        int size = packet.content().readableBytes();
        if (tooFast(toTarget, size)) {
            packet.release();
            return;
        }
        add(bytesToTarget, size);
        session.toTarget(packet.content());
        written.add(session);
    }

    /** Drops what goes beyond the bandwidth: who sends datagrams cannot be made to wait. */
    private boolean tooFast(Pace pace, int size) {
        if (!pace.limited() || pace.allows(size, System.nanoTime())) {
            return false;
        }
        dropped(1);
        return true;
    }

    private @Nullable UdpSession begin(UdpClient client, boolean containersOnly) {
        Forward.Udp current = rule;
        if (sockets.closed()) {
            return null;
        }
        if (!permits(current, client.address())) {
            trouble.refused(Addresses.text(client.address().getAddress()) + " is not allowed");
            return null;
        }
        if (containersOnly && !datagrams.isContainer(client.address())) {
            trouble.refused(Addresses.text(client.address().getAddress()) + " is no container of this machine");
            return null;
        }
        makeRoom(current.sessions() - 1);
        if (sessions.size() >= FEW && datagrams.crowded()) {
            sessions.victim().end();
        }
        UdpSession session = new UdpSession(this, datagrams, loop, transport.budget(), client);
        sessions.add(session);
        open = sessions.size();
        add(opened, 1);
        events.accepted(current, client.address().getAddress());
        if (!sweeping) {
            sweeping = true;
            sweepLater();
        }
        session.start();
        // It has ended already where the system refuses every target at once.
        return sessions.get(client);
    }

    private static boolean permits(Forward.Udp rule, InetSocketAddress client) {
        return rule.access().permits(client.getAddress());
    }

    private void makeRoom(int limit) {
        while (sessions.size() > limit) {
            sessions.victim().end();
        }
    }

    void readComplete() {
        written.forEach(UdpSession::flush);
        written.clear();
    }

    /** Queues an answer, which is sent with those that others get in the same turn of the event loop; it is released. */
    void toClient(UdpClient client, ByteBuf datagram) {
        int size = datagram.readableBytes();
        if (tooFast(toClient, size)) {
            datagram.release();
            return;
        }
        if (datagrams.write(client.socket(), datagram, client.address())) {
            add(bytesToClient, size);
            answers.sendSoon(client.socket());
        } else {
            dropped(1);
        }
    }

    /**
     * The socket of a session to a target, for which another session goes where the process has no descriptor left.
     *
     * @throws IOException as {@link Datagrams#connect}
     */
    Channel connect(UdpSession session, InetSocketAddress target, ChannelHandler handler) throws IOException {
        try {
            return datagrams.connect(loop, target, handler);
        } catch (IOException e) {
            UdpSession victim = sessions.victim();
            if (victim == session || !Datagrams.isOutOfDescriptors(e)) {
                throw e;
            }
            victim.end();
            return datagrams.connect(loop, target, handler);
        }
    }

    /** A datagram was lost here, since what was to take it does not keep up. */
    void dropped(int datagrams) {
        trouble.dropped(datagrams);
    }

    TargetTurns turns() {
        return turns;
    }

    void unreachable(String cause) {
        trouble.unreachable(cause);
    }

    /** The address of a target that answered last, which is tried first. */
    @Nullable
    InetSocketAddress proven(UpstreamAddress target) {
        return proven.get(target);
    }

    void prove(UpstreamAddress target, InetSocketAddress address) {
        proven.put(target, address);
    }

    void disprove(UpstreamAddress target) {
        proven.remove(target);
    }

    /** A socket that clients sent to is gone, and with it the way back to them. */
    void gone(Channel socket) {
        for (UdpSession session : sessions.all()) {
            if (session.client().socket() == socket) {
                session.end();
            }
        }
    }

    void ended(UdpSession session) {
        if (sessions.remove(session)) {
            open = sessions.size();
        }
    }

    private void sweepLater() {
        long idle = rule.idle().toNanos();
        loop.schedule(
                this::sweep,
                idle == 0 ? LONGEST_SWEEP : Math.max(1, Math.min(LONGEST_SWEEP, idle / 8)),
                TimeUnit.NANOSECONDS);
    }

    private void sweep() {
        long now = System.nanoTime();
        long idle = rule.idle().toNanos();
        sessions.all().forEach(session -> session.sweep(now, idle));
        if (sessions.size() == 0) {
            sweeping = false;
        } else {
            sweepLater();
        }
    }

    private static void add(AtomicLong counter, long more) {
        counter.lazySet(counter.getPlain() + more);
    }
}
