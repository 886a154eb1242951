package dev.loopgate.forward;

import dev.loopgate.model.Access;
import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Dial;
import dev.loopgate.net.DialFailure;
import dev.loopgate.net.DialListener;
import dev.loopgate.net.PausableReads;
import dev.loopgate.net.Relay;
import dev.loopgate.net.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a forward: until a target is reached, the handler that keeps what the client sends; then the
 * listener of its relay. Lives on the client's event loop.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter implements DialListener, Relay.Listener {

    /** What a client may send before its target is connected; more stays in the kernel. */
    private static final int EARLY_BYTES = 64 << 10;

    private static final long READS_PER_SECOND = 50;

    private final TcpForward forward;
    private final Forward.Tcp rule;
    private final Transport transport;
    private final Channel client;
    private final InetAddress clientAddress;
    private final Iterator<UpstreamAddress> targets;
    private final Queue<ByteBuf> early = new ArrayDeque<>(2);

    private long earlyBytes;
    private boolean clientEnded;
    private boolean finished;
    private @Nullable Set<String> failures;
    private @Nullable Dial dial;

    private volatile UpstreamAddress target;
    private volatile @Nullable Relay relay;

    TcpConnection(
            TcpForward forward, Forward.Tcp rule, Transport transport, Channel client, InetAddress clientAddress) {
        this.forward = forward;
        this.rule = rule;
        this.transport = transport;
        this.client = client;
        this.clientAddress = clientAddress;
        this.targets = forward.turns().next(rule.targets()).iterator();
        this.target = targets.next();
    }

    void start() {
        client.config().setRecvByteBufAllocator(reads());
        client.pipeline().addLast(this);
        dial();
    }

    /** Large reads would make a slow pace a jerky one. */
    private PausableReads reads() {
        long bandwidth = rule.limits().bandwidth();
        return bandwidth == 0
                ? transport.pausableReads()
                : transport.pausableReads(0, (int) Math.max(1024, bandwidth / READS_PER_SECOND));
    }

    private void dial() {
        dial = transport.dial(client.eventLoop(), target, rule.timeouts().connect(), this);
    }

    @Override
    public void connected(Channel upstream) {
        if (finished) {
            Transport.reset(upstream);
            return;
        }
        forward.turns().reached(target);
        upstream.config().setRecvByteBufAllocator(reads());
        client.pipeline().remove(this);
        Relay fresh = new Relay(
                client,
                upstream,
                transport.budget(),
                forward.paces(),
                rule.timeouts().idle(),
                this);
        relay = fresh;
        for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
            fresh.fromClient(bytes);
        }
        if (clientEnded) {
            fresh.clientEnded();
        }
        fresh.start();
    }

    @Override
    public void failed(DialFailure failure) {
        if (finished) {
            return;
        }
        if (failures == null) {
            failures = new LinkedHashSet<>();
        }
        failures.add(String.valueOf(failure.getMessage()));
        if (rule.targets().size() > 1) {
            forward.turns().unreachable(target, String.valueOf(failure.getMessage()));
        }
        if (targets.hasNext()) {
            target = targets.next();
            dial();
        } else {
            forward.unreachable(String.join("; ", failures));
            finish();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (finished) {
            bytes.release();
            return;
        }
        early.add(bytes);
        earlyBytes += bytes.readableBytes();
        if (earlyBytes >= EARLY_BYTES) {
            client.config().setAutoRead(false);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE) {
            clientEnded = true;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof PausableReads.ReadPaused) || PausableReads.hasFailed(client)) {
            finish();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        finish();
    }

    /** Before there is a relay: the client or every target is gone. The reset tells the client at once. */
    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        if (dial != null) {
            dial.cancel();
        }
        early.forEach(ByteBuf::release);
        early.clear();
        Transport.reset(client);
        forward.ended(this, earlyBytes, 0);
    }

    @Override
    public void ended(Relay ended, Relay.End how) {
        finished = true;
        early.forEach(ByteBuf::release);
        early.clear();
        forward.ended(this, ended.bytesFromClient(), ended.bytesFromUpstream());
    }

    /** Ends it at once, by a reset. Any thread. */
    void abort() {
        Relay running = relay;
        if (running != null) {
            running.abort();
        } else if (client.eventLoop().inEventLoop()) {
            abortHere();
        } else {
            client.eventLoop().execute(this::abortHere);
        }
    }

    private void abortHere() {
        if (relay != null) {
            relay.abort();
        } else {
            finish();
        }
    }

    /** Where it leads, or is being led. Any thread. */
    UpstreamAddress target() {
        return target;
    }

    InetAddress clientAddress() {
        return clientAddress;
    }

    /** Any thread. */
    ForwardStatus.Client use() {
        return new ForwardStatus.Client(clientAddress, 1, bytesFromClient() + bytesFromUpstream());
    }

    boolean permittedBy(Access access) {
        return access.permits(clientAddress);
    }

    /** Bytes so far, from the client and from the target. Any thread. */
    long bytesFromClient() {
        Relay running = relay;
        return running == null ? 0 : running.bytesFromClient();
    }

    long bytesFromUpstream() {
        Relay running = relay;
        return running == null ? 0 : running.bytesFromUpstream();
    }
}
