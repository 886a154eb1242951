package dev.loopgate.forward;

import dev.loopgate.model.Access;
import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.PausableReads;
import dev.loopgate.net.ProxyHeader;
import dev.loopgate.net.Relay;
import dev.loopgate.net.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a forward: until a target is reached, the handler that keeps what the client sends; then the
 * listener of its relay. Lives on the client's event loop.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter
        implements Preface.Listener, ClientHandshake.Listener, TargetSearch.Listener, Relay.Listener {

    private static final long READS_PER_SECOND = 50;

    private static final Pattern SERVER_NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");

    /** A fatal alert (RFC 8446 §6.2), as of TLS 1.2, which every version understands. */
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

    private final TcpTraffic forward;
    /** As of when it was accepted; null where it is not secure, or has come further. */
    private ForwardTls.@Nullable Names names;

    private final Forward.Tcp rule;
    private final Transport transport;
    private final Channel client;
    private final EarlyBytes early;
    private final TargetSearch search;

    private List<UpstreamAddress> to = List.of();
    private boolean clientEnded;
    private boolean finished;

    /** Who it is for: the peer, or whom a proxy in front speaks for. */
    private volatile ProxyHeader parties;

    /** Whether the forward has let the client in. */
    private volatile boolean admitted;

    private volatile @Nullable Relay relay;

    /** @param parties of the connection itself */
    TcpConnection(TcpTraffic forward, Forward.Tcp rule, Transport transport, Channel client, ProxyHeader parties) {
        this.forward = forward;
        this.rule = rule;
        this.transport = transport;
        this.client = client;
        this.early = new EarlyBytes(transport.budget());
        this.search = new TargetSearch(forward, rule, transport, client.eventLoop(), this);
        this.parties = parties;
        this.names = rule.secure() ? forward.tls().names() : null;
        this.admitted = rule.preamble().proxies().isEmpty();
    }

    void start() {
        client.config().setRecvByteBufAllocator(reads());
        boolean preface = Preface.isNeeded(rule.preamble());
        if (preface) {
            Preface.await(client, rule.preamble(), forward::serverNames, transport.budget(), this);
        }
        client.pipeline().addLast(this);
        if (!preface) {
            leadTo(rule.to());
        }
    }

    @Override
    public boolean introduced(Optional<ProxyHeader> header) {
        header.ifPresent(told -> parties = told);
        String refusal = forward.admit(clientAddress());
        admitted = refusal == null;
        if (refusal != null) {
            forward.refused(refusal);
            finish();
        }
        return admitted;
    }

    @Override
    public void unknownName(@Nullable String name) {
        forward.refused(Addresses.text(clientAddress()) + " asks for " + shown(name));
        if (rule.secure()) {
            // Whoever has read the name there tells the client.
            return;
        }
        finished = true;
        client.writeAndFlush(Unpooled.wrappedBuffer(UNRECOGNIZED_NAME)).addListener(ChannelFutureListener.CLOSE);
        leave();
    }

    /** A client may send any bytes as a name, and this ends up on a terminal. */
    private static String shown(@Nullable String name) {
        if (name == null) {
            return "no server name";
        }
        return SERVER_NAME.matcher(name).matches()
                ? "\"" + name + "\", which leads nowhere"
                : "something that is no server name";
    }

    @Override
    public void withoutCertificate(String why) {
        forward.failed("there is no certificate for its clients: " + why);
    }

    @Override
    public void refuse(String what) {
        forward.refused(Addresses.text(clientAddress()) + " " + what);
        finish();
    }

    @Override
    public void leadTo(List<UpstreamAddress> there) {
        to = there;
        ForwardTls.Names then = names;
        names = null;
        if (then != null) {
            ClientHandshake.begin(
                    client.pipeline().context(this),
                    forward.tls(),
                    then.identities(rule.security().clients(), parties.server().getAddress()),
                    this);
        } else {
            agreed();
        }
    }

    @Override
    public void agreed() {
        search.begin(to);
        forward.led(this);
    }

    /** Large reads would make a slow pace a jerky one. */
    private PausableReads reads() {
        long bandwidth = rule.limits().bandwidth();
        return bandwidth == 0
                ? transport.pausableReads()
                : transport.pausableReads(0, (int) Math.max(1024, bandwidth / READS_PER_SECOND));
    }

    @Override
    public void connected(Channel upstream) {
        rule.preamble().sent().ifPresent(version -> parties.sendTo(upstream, version));
        upstream.config().setRecvByteBufAllocator(reads());
    }

    @Override
    public void reached(Channel upstream) {
        leavePipeline();
        Relay fresh = new Relay(
                client,
                upstream,
                transport.budget(),
                forward.paces(),
                rule.timeouts().idle(),
                this);
        relay = fresh;
        early.passTo(fresh::fromClient);
        if (clientEnded) {
            fresh.clientEnded();
        }
        fresh.start();
    }

    private void leavePipeline() {
        client.pipeline().remove(this);
        if (Preface.isNeeded(rule.preamble())) {
            client.pipeline().remove(Preface.class);
        }
    }

    @Override
    public void unreachable(String causes) {
        forward.failed(causes);
        finish();
    }

    @Override
    public void broken() {
        abortHere();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (finished) {
            bytes.release();
            return;
        }
        if (!early.add(bytes)) {
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
        search.cancel();
        Transport.reset(client);
        leave();
    }

    private void leave() {
        long bytes = early.size();
        early.release();
        forward.ended(this, bytes, 0);
    }

    @Override
    public void ended(Relay ended, Relay.End how) {
        finished = true;
        early.release();
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

    InetAddress clientAddress() {
        return parties.client().getAddress();
    }

    /** Any thread. */
    ForwardStatus.Client use() {
        return new ForwardStatus.Client(clientAddress(), 1, bytesFromClient() + bytesFromUpstream());
    }

    /** Any thread. */
    boolean permittedBy(Access access) {
        return !admitted || access.permits(clientAddress());
    }

    /** Whether it leads, or is being led, to one of these, or nowhere yet. Any thread. */
    boolean leadsTo(Collection<UpstreamAddress> targets) {
        UpstreamAddress now = search.target();
        return now == null || targets.contains(now);
    }

    boolean admitted() {
        return admitted;
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
