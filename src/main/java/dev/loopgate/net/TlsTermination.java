package dev.loopgate.net;

import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of TLS: who it is to whom, and the handlers that make a connection secure. Nothing of TLS is loaded
 * before the first connection asks for it. Safe for use by any thread.
 */
public final class TlsTermination {

    private final LocalCertificates local;
    private final TlsContexts contexts;
    private volatile @Nullable Trusting trusting;

    /** @param clock by which certificates are renewed */
    public TlsTermination(LocalCertificates local, InstantSource clock) {
        this(local, clock, false);
    }

    private TlsTermination(LocalCertificates local, InstantSource clock, boolean byJava) {
        this.local = local;
        contexts = new TlsContexts(local, clock, byJava);
    }

    /** One on Java's own engine, whatever else there is. */
    public static TlsTermination byJava(LocalCertificates local, InstantSource clock) {
        return new TlsTermination(local, clock, true);
    }

    /**
     * The other direction: for upstreams, trusting whom this machine trusts now, and this user's authority. Blocks.
     *
     * @throws IllegalStateException where that cannot be had
     */
    public TlsOrigination origination() {
        List<Object> stamp = local.trustedAsOf();
        Trusting known = trusting;
        if (known == null || !known.stamp.equals(stamp)) {
            // Some hundred certificates to read: too long for each reload.
            known = new Trusting(stamp, new TlsOrigination(local.trusted()));
            trusting = known;
        }
        return known.origination;
    }

    /** As {@link LocalCertificates#replacement}. Blocks. */
    public Optional<Instant> replacement() throws IOException {
        return local.replacement();
    }

    /**
     * Makes a connection of HTTP secure that begins with TLS. The handlers in front of it then see what it says within.
     *
     * @param before the handler that is to see it, whose channel is given no deadline here
     * @param hello what was read of it so far; taken
     * @param identities who to be to a client that asks for that server name, in lower case, or for none: empty; nobody
     *     where the result is empty, and the client is told so
     * @param secured gets that server name and the protocol that was agreed on for within (empty for none), once all is
     *     agreed and before anything else comes
     */
    public void begin(
            ChannelHandlerContext before,
            ByteBuf hello,
            Function<String, Optional<TlsIdentity>> identities,
            BiConsumer<String, String> secured) {
        ChannelHandlerContext reads = install(before, identities, TlsContexts.Within.HTTP, secured);
        reads.fireChannelRead(hello);
    }

    /**
     * The same for a connection of anything that is to begin with TLS, and of which nothing was read; to be called in its
     * event loop.
     */
    public void begin(
            ChannelHandlerContext before,
            Function<String, Optional<TlsIdentity>> identities,
            Consumer<String> secured) {
        install(before, identities, TlsContexts.Within.ANYTHING, (name, protocol) -> secured.accept(name));
    }

    private ChannelHandlerContext install(
            ChannelHandlerContext before,
            Function<String, Optional<TlsIdentity>> identities,
            TlsContexts.Within within,
            BiConsumer<String, String> secured) {
        ChannelPipeline pipeline = before.pipeline();
        ChannelHandler reads = new TlsReads();
        pipeline.addBefore(before.name(), null, reads);
        pipeline.addBefore(before.name(), null, new TlsHello(contexts, within, identities, secured));
        return pipeline.context(reads);
    }

    /** Whether what is written to a channel goes out as something else, and the other way round. */
    public static boolean isOn(Channel channel) {
        return channel.pipeline().get(TlsReads.class) != null;
    }

    /** Ends our direction: with close_notify, where TLS is on, and FIN. */
    public static void endOutput(Channel channel) {
        finish(channel).addListener(told -> {
            if (channel instanceof DuplexChannel duplex && channel.isActive()) {
                duplex.shutdownOutput();
            }
        });
    }

    /** Whether what is written still goes out: BoringSSL, as netty calls it, sends nothing more to who has said close_notify. */
    public static boolean canSend(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        return handler == null || !handler.engine().isOutboundDone();
    }

    /** Tells the peer that nothing more will come (close_notify); the future is done once it is written. */
    static Future<Void> finish(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        return handler == null ? channel.newSucceededFuture() : handler.closeOutbound();
    }

    /** Closes a connection so that the peer does not take it for the end that was meant: without close_notify. */
    public static void cutOff(Channel channel) {
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first == null) {
            channel.close();
        } else {
            // From the handler next to the socket, whose way out passes no other.
            first.close();
        }
    }

    TlsContexts contexts() {
        return contexts;
    }

    /** @param stamp by which it is seen that somebody else is trusted now */
    private record Trusting(List<Object> stamp, TlsOrigination origination) {}
}
