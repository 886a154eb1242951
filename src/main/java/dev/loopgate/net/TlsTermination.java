package dev.loopgate.net;

import dev.loopgate.model.Credential;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of TLS: who it is to whom, and the handlers that make a connection secure. Certificates are made and
 * loaded on a thread of its own, and what was made is kept: for {@link #MOST} names, those longest unused forgotten first.
 * Nothing of TLS is loaded before the first connection asks for it. Safe for use by any thread.
 */
public final class TlsTermination {

    /** How many certificates are kept; names below a wildcard are anybody's to ask for. */
    static final int MOST = 250;

    /** How many clients may wait for certificates that are still to be made; more of them are turned away. */
    private static final int WAITING = 64;

    private static final long THREAD_IDLE_SECONDS = 30;
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(TlsTermination.class);

    private final LocalCertificates local;
    private final InstantSource clock;
    private final boolean byJava;
    private final ThreadPoolExecutor worker;
    private final Map<TlsIdentity, Entry> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<TlsIdentity, List<Promise<TlsContext>>> asked = new LinkedHashMap<>();
    private final AtomicBoolean rotating = new AtomicBoolean();
    private volatile @Nullable TlsEngine engine;
    private volatile @Nullable Trusting trusting;
    /** Who has signed what is kept. */
    private @Nullable X500Principal signer;

    private boolean warned;
    private long lastWarning;

    /** @param clock by which certificates are renewed */
    public TlsTermination(LocalCertificates local, InstantSource clock) {
        this(local, clock, false);
    }

    private TlsTermination(LocalCertificates local, InstantSource clock, boolean byJava) {
        this.byJava = byJava;
        this.local = local;
        this.clock = clock;
        worker = new ThreadPoolExecutor(
                1, 1, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), work -> {
                    Thread thread = new Thread(work, "loopgate-certificates");
                    thread.setDaemon(true);
                    return thread;
                });
        worker.allowCoreThreadTimeOut(true);
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

    /**
     * Makes a connection secure that begins with TLS. The handlers in front of it then see what it says within.
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
        Channel channel = before.channel();
        ChannelHandler reads = new TlsReads();
        channel.pipeline().addBefore(before.name(), null, reads);
        channel.pipeline().addBefore(before.name(), null, new TlsHello(this, identities, secured));
        channel.pipeline().context(reads).fireChannelRead(hello);
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

    /** What the handlers of a connection are made of; the promise is done on that loop. */
    Future<TlsContext> context(TlsIdentity identity, EventExecutor loop) {
        Promise<TlsContext> promise = loop.newPromise();
        TlsEngine own = engine;
        if (own != null && own.wantsNewTicketKey() && rotating.compareAndSet(false, true)) {
            rotate(own);
        }
        synchronized (this) {
            Entry known = kept.get(identity);
            if (known != null && clock.instant().isBefore(known.until)) {
                return promise.setSuccess(known.context);
            }
            List<Promise<TlsContext>> others = asked.get(identity);
            if (others != null) {
                others.add(promise);
                return promise;
            }
            asked.put(identity, new ArrayList<>(List.of(promise)));
        }
        try {
            worker.execute(() -> make(identity));
        } catch (RejectedExecutionException busy) {
            answer(identity, null, new IOException("too many names are asked for at once", busy));
        }
        return promise;
    }

    private void rotate(TlsEngine own) {
        try {
            worker.execute(() -> {
                try {
                    own.rotate();
                } finally {
                    rotating.set(false);
                }
            });
        } catch (RejectedExecutionException busy) {
            // The next connection finds it due as well.
            rotating.set(false);
        }
    }

    private void make(TlsIdentity identity) {
        try {
            Credential credential = identity instanceof TlsIdentity.Given given
                    ? given.credential()
                    : local.certificate((TlsIdentity.Local) identity);
            TlsContext made = engine().context(credential);
            Instant until = identity instanceof TlsIdentity.Given ? Instant.MAX : LocalCertificates.renewal(credential);
            synchronized (this) {
                if (identity instanceof TlsIdentity.Local) {
                    forgetOthers(credential.certificate().getIssuerX500Principal());
                }
                kept.put(identity, new Entry(made, until));
                if (kept.size() > MOST) {
                    kept.remove(kept.keySet().iterator().next());
                }
            }
            answer(identity, made, null);
        } catch (IOException | RuntimeException | LinkageError failure) {
            complain(failure);
            answer(identity, null, failure);
        } catch (Error failure) {
            // Who waits, waits no longer; and the name can be asked for again.
            answer(identity, null, failure);
            throw failure;
        }
    }

    /** Where there is a new authority, it is the one to be trusted from now on. */
    private void forgetOthers(X500Principal issuer) {
        if (signer != null && !issuer.equals(signer)) {
            kept.keySet().removeIf(TlsIdentity.Local.class::isInstance);
        }
        signer = issuer;
    }

    private void answer(TlsIdentity identity, @Nullable TlsContext made, @Nullable Throwable failure) {
        List<Promise<TlsContext>> waiting;
        synchronized (this) {
            waiting = asked.remove(identity);
        }
        for (Promise<TlsContext> one : waiting == null ? List.<Promise<TlsContext>>of() : waiting) {
            if (made != null) {
                one.trySuccess(made);
            } else {
                one.tryFailure(failure == null ? new IOException("no certificate") : failure);
            }
        }
    }

    /** On the worker only. */
    private TlsEngine engine() {
        TlsEngine own = engine;
        if (own == null) {
            own = new TlsEngine(clock, byJava);
            engine = own;
        }
        return own;
    }

    /** Not for each client: whoever asks for a thousand names is not to fill a disk. On the worker only. */
    private void complain(Throwable failure) {
        long now = System.nanoTime();
        if (!warned || now - lastWarning > QUIET_NANOS) {
            warned = true;
            lastWarning = now;
            LOG.warn("a connection over TLS was refused: {}", failure.getMessage());
        }
    }

    /** @param stamp by which it is seen that somebody else is trusted now */
    private record Trusting(List<Object> stamp, TlsOrigination origination) {}

    /** @param until when a new one is to be made */
    private record Entry(TlsContext context, Instant until) {}
}
