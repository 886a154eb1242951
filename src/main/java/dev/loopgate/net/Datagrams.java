package dev.loopgate.net;

import dev.loopgate.model.UpstreamAddress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Sockets of UDP on the transport's event loops. */
public final class Datagrams {

    /** Asked for; the system gives what it allows. Datagrams that do not fit are lost. */
    private static final int SOCKET_BUFFER = 4 << 20;

    private final SocketKind kind;
    private final HandedSockets handed;
    private final ContainerBridges bridges;
    private final NameLookup names;
    private final DatagramWrites writes;
    private final Map<EventLoop, DatagramReads> reads = new HashMap<>();
    private final AtomicInteger connected = new AtomicInteger();
    private final long mostConnected = DescriptorLimit.soft() / 2;

    Datagrams(
            SocketKind kind,
            HandedSockets handed,
            ContainerBridges bridges,
            NameLookup names,
            List<EventLoop> loops,
            QueueBudget budget) {
        this.kind = kind;
        this.handed = handed;
        this.bridges = bridges;
        this.names = names;
        this.writes = new DatagramWrites(budget);
        loops.forEach(loop -> reads.put(loop, new DatagramReads()));
    }

    /**
     * Takes datagrams that are sent to one address, of its own family only. An address that another socket has is refused.
     *
     * @param address port 0 lets the system choose
     * @param handler gets {@link DatagramPacket}s on the loop; what {@link #write} could not send is told as
     *     {@code exceptionCaught}
     * @return fails with {@link BindFailure}
     */
    public Future<Listener> listen(EventLoop loop, InetSocketAddress address, ChannelHandler handler) {
        Promise<Listener> promise = Promise.promise();
        loop.execute(() -> {
            DatagramChannel adopted;
            DatagramChannel socket;
            try {
                adopted = handed.datagrams(address);
                socket = open(loop, adopted != null ? adopted : kind.datagrams(address), false, handler);
            } catch (RuntimeException e) {
                promise.fail(new BindFailure(address, e.getCause() == null ? e : e.getCause()));
                return;
            }
            if (adopted != null) {
                promise.complete(new ChannelListener(socket));
                return;
            }
            socket.bind(address).addListener(bound -> {
                if (bound.isSuccess()) {
                    promise.complete(new ChannelListener(socket));
                } else {
                    socket.close();
                    promise.fail(new BindFailure(address, bound.cause()));
                }
            });
        });
        return promise.future();
    }

    /**
     * A socket that exchanges datagrams with one address only, and is told where nothing listens there: see
     * {@link #isRefused}. On the loop.
     *
     * @param handler as for {@link #listen}
     * @throws IOException where the system gives none: out of descriptors, no route
     */
    public Channel connect(EventLoop loop, InetSocketAddress target, ChannelHandler handler) throws IOException {
        DatagramChannel socket;
        try {
            socket = open(loop, kind.datagrams(target), true, handler);
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(reason(cause), cause);
        }
        // UDP connects at once: nothing is sent.
        Throwable failure = socket.connect(target).cause();
        if (failure != null) {
            socket.close();
            throw new IOException(reason(failure), failure);
        }
        connected.incrementAndGet();
        socket.closeFuture().addListener(closed -> connected.decrementAndGet());
        return socket;
    }

    /** Whether a socket of this address is for containers of this machine only. May take a moment. */
    public static boolean isForContainers(InetSocketAddress own) {
        return !own.getAddress().isLoopbackAddress() && ContainerBridges.isOn(own.getAddress());
    }

    /** Whether somebody is on a network of containers. */
    public boolean isContainer(InetSocketAddress peer) {
        return bridges.have(peer);
    }

    /** Whether half of the descriptors that this process may open are sockets of {@link #connect}. */
    public boolean crowded() {
        return connected.get() >= mostConnected;
    }

    /** Whether {@link #connect} failed for want of descriptors. */
    public static boolean isOutOfDescriptors(IOException failure) {
        return failure.getCause() != null && SystemError.of(failure.getCause()) == SystemError.OUT_OF_DESCRIPTORS;
    }

    private DatagramChannel open(EventLoop loop, DatagramChannel socket, boolean connected, ChannelHandler handler) {
        socket.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, DatagramWrites.WATER_MARK);
        socket.config().setReceiveBufferSize(SOCKET_BUFFER);
        if (socket instanceof EpollDatagramChannel epoll) {
            epoll.config().setMaxDatagramPayloadSize(DatagramReads.LARGEST);
        }
        DatagramReads own = reads.get(loop);
        if (own == null) {
            throw new IllegalArgumentException("not a loop of this transport");
        }
        own.serve(socket, connected);
        SegmentedWrites.serve(socket);
        socket.pipeline().addLast(handler);
        loop.register(socket);
        return socket;
    }

    /**
     * Queues a datagram, which {@link #flush} sends. Dropped where too much waits already. On the loop.
     *
     * @param content may be empty; it is released
     * @param to null for a socket that is connected
     * @return whether it was taken
     */
    public boolean write(Channel socket, ByteBuf content, @Nullable InetSocketAddress to) {
        return writes.write(socket, content, to);
    }

    /**
     * Sends what is queued, as far as the system takes it; it takes the rest later.
     *
     * @return how many were dropped because too much waits already
     */
    public int flush(Channel socket) {
        return writes.flush(socket);
    }

    /** Whether a datagram came back because nothing listens where it was sent (ICMP port unreachable, RFC 1122 §4.1.3.3). */
    public static boolean isRefused(Throwable cause) {
        return cause instanceof PortUnreachableException || SystemError.of(cause) == SystemError.REFUSED;
    }

    /** A few words about a failure. */
    public static String reason(Throwable cause) {
        return isRefused(cause)
                ? "nothing listens there"
                : SystemError.of(cause).words(cause);
    }

    /**
     * Finds the addresses behind a target; names are resolved on a worker.
     *
     * @param done runs on the loop, at once where nothing has to be looked up: with what to try in this order, or why there
     *     is nothing
     */
    public void resolve(
            EventLoop loop,
            UpstreamAddress target,
            BiConsumer<@Nullable List<InetSocketAddress>, @Nullable Throwable> done) {
        if (target instanceof UpstreamAddress.HostPort named && !Addresses.isLocalhost(named.host())) {
            if (Addresses.isLiteral(named.host())) {
                done.accept(List.of(new InetSocketAddress(Addresses.literal(named.host()), named.port())), null);
                return;
            }
            names.resolve(
                    loop,
                    named.host(),
                    (found, failure) -> done.accept(
                            found == null
                                    ? null
                                    : found.stream()
                                            .map(address -> new InetSocketAddress(address, named.port()))
                                            .toList(),
                            failure));
            return;
        }
        int port = target instanceof UpstreamAddress.HostPort named
                ? named.port()
                : ((UpstreamAddress.LoopbackPort) target).port();
        done.accept(
                List.of(
                        new InetSocketAddress(Addresses.LOOPBACK4, port),
                        new InetSocketAddress(Addresses.LOOPBACK6, port)),
                null);
    }
}
