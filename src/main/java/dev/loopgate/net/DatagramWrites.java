package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends datagrams. What a socket does not take at once, its network being slower, waits as a copy that the budget counts:
 * what was read belongs to a buffer of many datagrams, which a few that wait would keep from all.
 */
final class DatagramWrites {

    /** What may wait for one socket, in bytes: more is dropped. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(512 << 10, 1 << 20);

    private final QueueBudget budget;

    DatagramWrites(QueueBudget budget) {
        this.budget = budget;
    }

    /** As {@link Datagrams#write}. */
    boolean write(Channel socket, ByteBuf content, @Nullable InetSocketAddress to) {
        if (!content.isReadable()) {
            content.release();
            return sendEmpty(socket, to == null ? (InetSocketAddress) socket.remoteAddress() : to);
        }
        Object datagram = to == null ? content : new DatagramPacket(content, to);
        if (waits(socket)) {
            return writeCopy(socket, datagram);
        }
        socket.write(datagram, socket.voidPromise());
        return true;
    }

    /** As {@link Datagrams#flush}. */
    int flush(Channel socket) {
        boolean waited = waits(socket);
        socket.flush();
        if (waited || !waits(socket)) {
            return 0;
        }
        ChannelOutboundBuffer queue = socket.unsafe().outboundBuffer();
        List<Object> left = new ArrayList<>();
        for (Object next = queue.current(); next != null; next = queue.current()) {
            // What waits is counted and refused one by one.
            SegmentedWrites.apart(next, left);
            queue.remove();
        }
        // One stays whatever the budget says: netty waits for room, and only writing the last of a queue ends that.
        copy(socket, left.get(0));
        int dropped = 0;
        for (Object datagram : left.subList(1, left.size())) {
            dropped += writeCopy(socket, datagram) ? 0 : 1;
        }
        socket.flush();
        return dropped;
    }

    /** Whether the system did not take everything that was flushed. */
    private static boolean waits(Channel socket) {
        ChannelOutboundBuffer queue = socket.unsafe().outboundBuffer();
        return queue != null && !queue.isEmpty();
    }

    private boolean writeCopy(Channel socket, Object datagram) {
        if (!socket.isWritable() || budget.spent()) {
            ReferenceCountUtil.release(datagram);
            return false;
        }
        copy(socket, datagram);
        return true;
    }

    private void copy(Channel socket, Object datagram) {
        try {
            Object copy;
            int size;
            if (datagram instanceof DatagramPacket packet) {
                copy = packet.copy();
                size = packet.content().readableBytes();
            } else {
                copy = ((ByteBuf) datagram).copy();
                size = ((ByteBuf) datagram).readableBytes();
            }
            budget.add(size);
            ChannelFuture written = socket.write(copy);
            written.addListener(done -> {
                budget.add(-size);
                if (!done.isSuccess() && !(done.cause() instanceof ClosedChannelException)) {
                    socket.pipeline().fireExceptionCaught(done.cause());
                }
            });
        } finally {
            ReferenceCountUtil.release(datagram);
        }
    }

    /** netty drops empty datagrams, and takes another one of the queue for sent. */
    private boolean sendEmpty(Channel socket, InetSocketAddress to) {
        flush(socket);
        if (waits(socket) || !(socket instanceof UnixChannel unix) || !(unix.fd() instanceof Socket fd)) {
            return false;
        }
        try {
            fd.sendToAddress(0, 0, 0, to.getAddress(), to.getPort());
            return true;
        } catch (IOException e) {
            socket.pipeline().fireExceptionCaught(e);
            return false;
        }
    }
}
