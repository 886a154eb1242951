package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives the system datagrams of one size for one address in one piece, which it takes apart where they leave the machine
 * or arrive ({@code UDP_SEGMENT}, see udp(7)): half the work of as many sent one by one. Whoever gets them sees no difference.
 * Where the system refuses such a piece, it goes again as what it was made of. On the socket's event loop.
 */
final class SegmentedWrites extends ChannelOutboundHandlerAdapter {

    /** Of datagrams, in bytes: with larger ones, putting them together costs what is won. */
    private static final int LARGEST = 2_048;

    /** In one piece: older kernels take no more. */
    private static final int MOST = 64;

    /** In one piece, which is a datagram itself on its way through the system. */
    private static final int MOST_BYTES = 65_000;

    private static final int EIO = -5;
    private static final int EINVAL = -22;
    private static final int EMSGSIZE = -90;

    private final List<ByteBuf> run = new ArrayList<>();
    /** Of each datagram of the run but the last, which may be smaller and then ends it. */
    private int size;

    private int bytes;
    private @Nullable InetSocketAddress to;
    /** A network whose packets are smaller would refuse more: on this socket, larger ones go one by one from then on. */
    private int largest = LARGEST;

    private SegmentedWrites() {}

    /** Has a socket do so, where the system can. */
    static void serve(Channel socket) {
        if (socket instanceof EpollDatagramChannel && EpollDatagramChannel.isSegmentedDatagramPacketSupported()) {
            socket.pipeline().addLast(new SegmentedWrites());
        }
    }

    /** Adds the datagrams that a message of a socket's queue is to a list, each retained. */
    static void apart(Object message, List<Object> into) {
        if (!(message instanceof SegmentedDatagramPacket many)) {
            into.add(ReferenceCountUtil.retain(message));
            return;
        }
        ByteBuf all = many.content().duplicate();
        while (all.isReadable()) {
            into.add(
                    single(all.readRetainedSlice(Math.min(many.segmentSize(), all.readableBytes())), many.recipient()));
        }
    }

    /** Who wants to know what becomes of a datagram has it sent by itself. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf content = message instanceof DatagramPacket packet ? packet.content() : (ByteBuf) message;
        InetSocketAddress recipient = message instanceof DatagramPacket packet ? packet.recipient() : null;
        int next = content.readableBytes();
        if (!promise.isVoid() || next > largest) {
            send(context);
            context.write(message, promise);
            return;
        }
        if (!continues(next, recipient)) {
            send(context);
            size = next;
            to = recipient;
        }
        run.add(content);
        bytes += next;
    }

    private boolean continues(int next, @Nullable InetSocketAddress recipient) {
        return !run.isEmpty()
                && run.size() < MOST
                && next <= size
                && bytes == run.size() * size
                && bytes + next <= MOST_BYTES
                && Objects.equals(recipient, to);
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        send(context);
        context.flush();
    }

    private void send(ChannelHandlerContext context) {
        if (run.isEmpty()) {
            return;
        }
        List<ByteBuf> datagrams = List.copyOf(run);
        int sum = bytes;
        run.clear();
        bytes = 0;
        if (datagrams.size() == 1) {
            context.write(single(datagrams.get(0), to), context.voidPromise());
        } else {
            sendTogether(context, datagrams, sum);
        }
    }

    private void sendTogether(ChannelHandlerContext context, List<ByteBuf> datagrams, int sum) {
        ByteBuf together = context.alloc().directBuffer(sum, sum);
        for (ByteBuf datagram : datagrams) {
            together.writeBytes(datagram);
            datagram.release();
        }
        int segment = size;
        InetSocketAddress recipient = to;
        Channel socket = context.channel();
        // netty wants either address: without a recipient, the one that the socket is connected to gets it.
        Object packet = new SegmentedDatagramPacket(
                together.retain(), segment, recipient, (InetSocketAddress) socket.localAddress());
        context.write(packet).addListener(sent -> {
            if (sent.isSuccess() || sent.cause() instanceof ClosedChannelException) {
                together.release();
            } else if (refusesPiece(sent.cause())) {
                largest = isOf(sent.cause(), EIO) ? 0 : Math.min(largest, segment - 1);
                sendSingly(context, together, segment, recipient);
            } else {
                together.release();
                socket.pipeline().fireExceptionCaught(sent.cause());
            }
        });
    }

    /** As against having heard from the network that an earlier datagram did not arrive. */
    private static boolean refusesPiece(Throwable cause) {
        return isOf(cause, EIO) || isOf(cause, EINVAL) || isOf(cause, EMSGSIZE);
    }

    private static boolean isOf(Throwable cause, int error) {
        return cause instanceof NativeIoException system && system.expectedErr() == error;
    }

    private static void sendSingly(
            ChannelHandlerContext context, ByteBuf together, int segment, @Nullable InetSocketAddress recipient) {
        while (together.isReadable()) {
            ByteBuf datagram = together.readRetainedSlice(Math.min(segment, together.readableBytes()));
            context.write(single(datagram, recipient), context.voidPromise());
        }
        together.release();
        context.flush();
    }

    private static Object single(ByteBuf content, @Nullable InetSocketAddress recipient) {
        return recipient == null ? content : new DatagramPacket(content, recipient);
    }

    /** The socket is closed. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        run.forEach(ByteBuf::release);
        run.clear();
    }
}
