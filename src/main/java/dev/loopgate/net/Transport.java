package dev.loopgate.net;

import dev.loopgate.model.UpstreamAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Listens and connects on the event loops of Vert.x, with its native transport where it has one. Any thread. */
public final class Transport {

    /** How long an address may take before the next one is tried beside it (RFC 8305 §8). */
    static final long STAGGER_MILLIS = 250;
    /** The same on loopback, where an answer takes microseconds. */
    private static final long LOOPBACK_STAGGER_MILLIS = 50;

    /** What the system caps at its own limit, {@code net.core.somaxconn} on Linux. */
    static final int BACKLOG = 4096;

    private final EventLoop acceptor;
    private final List<EventLoop> loops;
    private final AtomicInteger turn = new AtomicInteger();
    private final SocketKind kind;
    private final NameLookup names;
    private final ContainerBridges bridges = new ContainerBridges();
    private final HandedSockets handed;
    private final Datagrams datagrams;
    private final UnixListening unix;
    private final QueueBudget budget = new QueueBudget();
    private final PausableReads pausableReads = new PausableReads(budget, 0);

    /** Which family answered last on a loopback port: 4, 6, or 0 for not known. Races between loops do no harm. */
    private final byte[] lastFamily = new byte[65536];

    /**
     * Starts Vert.x for a {@link Transport}: on epoll or kqueue where the machine has them. A Vert.x that was started
     * otherwise works too, but on epoll cuts large answers to half-closed connections off.
     */
    public static Vertx vertx(VertxOptions options) {
        return EpollRearmed.available()
                ? Vertx.builder()
                        .with(options)
                        .withTransport(EpollRearmed.forVertx())
                        .build()
                : Vertx.vertx(new VertxOptions(options).setPreferNativeTransport(true));
    }

    public Transport(Vertx vertx) {
        this(vertx, variable -> null);
    }

    /**
     * The same with the sockets that whoever started this process has bound for it: see sd_listen_fds(3).
     *
     * @param environment the value of an environment variable, or null
     */
    public Transport(Vertx vertx, UnaryOperator<@Nullable String> environment) {
        VertxInternal internals = (VertxInternal) vertx;
        List<EventLoop> all = new ArrayList<>();
        internals.nettyEventLoopGroup().forEach(loop -> all.add((EventLoop) loop));
        this.loops = List.copyOf(all);
        // Not a loop of its own: what it accepts for itself, half of all with two loops, needs no other thread to wake.
        this.acceptor = loops.get(0);
        this.kind = SocketKind.of((IoEventLoop) loops.get(0));
        Executor workers = internals.internalWorkerPool().executor();
        this.names = new NameLookup(workers);
        this.unix = new UnixListening(this, kind, workers);
        this.handed = HandedSockets.of(kind, environment);
        this.datagrams = new Datagrams(kind, this.handed, bridges, names, loops, budget);
        // Loads what tells of a failure to accept: with no descriptor left, a class cannot be read.
        SystemError.of(new IOException("failed with error(-24)"));
    }

    /** Listens on Unix sockets. */
    public UnixListening unix() {
        return unix;
    }

    /** What UDP needs. */
    public Datagrams datagrams() {
        return datagrams;
    }

    /** A sentence for each socket that was handed over and that nobody has listened on so far. */
    public List<String> unaskedSockets() {
        return handed.unasked();
    }

    /** The loops that connections live on. */
    public List<EventLoop> loops() {
        return loops;
    }

    /** By turns, so that each loop gets as many. */
    public EventLoop nextLoop() {
        return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    /**
     * Listens on one address, of its own family only: {@code ::} leaves IPv4 to others (without a native transport, or
     * as a socket that was handed over, it takes both). An address that another socket
     * has is refused, be it on the wildcard address or with SO_REUSEPORT. Where accepting fails, for want of file
     * descriptors, it pauses and goes on by itself.
     *
     * @param address port 0 lets the system choose
     * @param onAccept gets each connection on its event loop, before anything was read: handlers that are added now miss
     *     nothing and are told {@code channelActive}; reading begins once it returns, unless auto-read is switched off.
     *     Half-closure is allowed and Nagle's algorithm off; other options are the callee's to set
     * @return fails with {@link BindFailure}
     */
    public Future<Listener> listen(InetSocketAddress address, Consumer<Channel> onAccept) {
        return listening(address, onAccept, true).onSuccess(Listener::accept);
    }

    /** The same, but clients wait in the system's queue until {@link Listener#accept}. */
    public Future<Listener> bind(InetSocketAddress address, Consumer<Channel> onAccept) {
        return listening(address, onAccept, false);
    }

    private Future<Listener> listening(InetSocketAddress address, Consumer<Channel> onAccept, boolean quiet) {
        Consumer<Channel> guarded = bridges.guard(address, onAccept);
        ServerChannel channel;
        boolean bound;
        try {
            ServerChannel adopted = handed.server(address);
            if (adopted == null && quiet && kind == SocketKind.EPOLL) {
                return QuietListener.open(this, (IoEventLoop) acceptor, address, guarded);
            }
            bound = adopted != null;
            channel = adopted != null ? adopted : kind.server(address);
        } catch (RuntimeException e) {
            return Future.failedFuture(new BindFailure(address, e.getCause() == null ? e : e.getCause()));
        }
        if (kind == SocketKind.NIO) {
            // The native transports set it themselves.
            channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        }
        return open(channel, bound ? null : address, channel::localAddress, guarded)
                .transform(opened -> opened.succeeded()
                        ? Future.succeededFuture(new ChannelListener(channel))
                        : Future.failedFuture(new BindFailure(address, opened.cause())));
    }

    /**
     * Brings a listening channel to life, without accepting yet.
     *
     * @param address null where it is bound already
     * @param shown the address as people know it, once it is bound
     * @return fails with what the system said
     */
    Future<Void> open(
            ServerChannel channel,
            @Nullable SocketAddress address,
            Supplier<SocketAddress> shown,
            Consumer<Channel> onAccept) {
        channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        channel.config().setAutoRead(false);
        channel.pipeline().addLast(new Acceptor(this, shown, onAccept));
        Promise<Void> promise = Promise.promise();
        acceptor.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                promise.fail(registered.cause());
            } else if (address == null) {
                promise.complete();
            } else if (kind == SocketKind.NIO) {
                // NIO gives the address of a listener that closed just now up in the select that follows.
                acceptor.schedule(() -> bind(channel, address, promise), 1, TimeUnit.MILLISECONDS);
            } else {
                bind(channel, address, promise);
            }
        });
        return promise.future();
    }

    private static void bind(ServerChannel channel, SocketAddress address, Promise<Void> promise) {
        channel.bind(address).addListener(bound -> {
            if (bound.isSuccess()) {
                promise.complete();
            } else {
                channel.close();
                promise.fail(bound.cause());
            }
        });
    }

    /**
     * Connects to an upstream, whichever of its addresses answers first. Names are resolved anew each time, on a worker.
     *
     * @param loop where the connection lives and the listener is called; the caller must be on it
     * @param timeout for all addresses together; at least a millisecond
     */
    public Dial dial(EventLoop loop, UpstreamAddress target, Duration timeout, DialListener listener) {
        Dial dial = new Dial(this, loop, target, timeout.toNanos(), listener);
        if (target instanceof UpstreamAddress.LoopbackPort port) {
            dialLoopback(dial, port.port());
        } else if (target instanceof UpstreamAddress.UnixSocket socket) {
            dialUnix(dial, socket.path());
        } else if (target instanceof UpstreamAddress.HostPort name) {
            if (Addresses.isLocalhost(name.host())) {
                dialLoopback(dial, name.port());
            } else if (Addresses.isLiteral(name.host())) {
                dial.start(List.of(new InetSocketAddress(Addresses.literal(name.host()), name.port())), 0);
            } else {
                dial.startResolving(names, name.host(), name.port());
            }
        }
        return dial;
    }

    /** A known family needs no timer: should it be gone, connecting to it is refused at once. */
    private void dialLoopback(Dial dial, int port) {
        int last = lastFamily[port];
        InetSocketAddress four = new InetSocketAddress(Addresses.LOOPBACK4, port);
        InetSocketAddress six = new InetSocketAddress(Addresses.LOOPBACK6, port);
        dial.start(last == 6 ? List.of(six, four) : List.of(four, six), last == 0 ? LOOPBACK_STAGGER_MILLIS : 0);
    }

    private void dialUnix(Dial dial, String path) {
        try {
            dial.start(List.of(kind.unix(path)), 0);
        } catch (RuntimeException e) {
            dial.fail(e);
        }
    }

    /** For connections that are relayed, or paused by auto-read only; set it before the first read. */
    public PausableReads pausableReads() {
        return pausableReads;
    }

    /**
     * The same with room in front.
     *
     * @param headroom bytes that each buffer leaves free in front of what is read
     */
    public PausableReads pausableReads(int headroom) {
        return new PausableReads(budget, headroom);
    }

    /**
     * The same in smaller pieces.
     *
     * @param largest how much is read at once, in bytes
     */
    public PausableReads pausableReads(int headroom, int largest) {
        return new PausableReads(budget, headroom, largest);
    }

    /** What waits for slow readers, in the whole process. */
    public QueueBudget budget() {
        return budget;
    }

    /** Closes a connection so that the peer sees a reset (RST) where the system can; what is queued is dropped. */
    public static void reset(Channel channel) {
        if (channel.isOpen() && channel instanceof SocketChannel) {
            try {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            } catch (ChannelException e) {
                // The system has closed it already.
            }
        }
        // TLS would say goodbye first.
        TlsTermination.cutOff(channel);
    }

    /**
     * Sends FIN, once all that was to be sent has been written. netty's own way makes an exception for the writes that
     * could follow, the dearest part of a short connection.
     *
     * @return false where the connection has failed
     */
    static boolean sendFin(Channel channel) {
        if (!(channel instanceof UnixChannel unix) || !(unix.fd() instanceof Socket socket)) {
            // Java's own sockets: here it is done at once.
            return ((DuplexChannel) channel).shutdownOutput().isSuccess();
        }
        try {
            socket.shutdown(false, true);
            return true;
        } catch (IOException | NotYetConnectedException failed) {
            return false;
        }
    }

    Channel openClient(SocketAddress address) {
        return prepared(kind.client(address));
    }

    /** As connections are to be, accepted or made. */
    static Channel prepared(Channel channel) {
        // Not by its ChannelOption, which Java's own Unix sockets do not know in netty 4.2.
        ((DuplexChannelConfig) channel.config()).setAllowHalfClosure(true);
        if (channel instanceof SocketChannel) {
            channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        }
        return channel;
    }

    void answered(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            InetAddress ip = inet.getAddress();
            if (ip.isLoopbackAddress()) {
                lastFamily[inet.getPort()] = (byte) (ip instanceof Inet6Address ? 6 : 4);
            }
        }
    }
}
