package dev.loopgate.forward;

import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Datagrams;
import dev.loopgate.net.QueueBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client of a UDP forward, with a socket of its own to a target. Until the target has answered, the first datagrams
 * are kept: should nothing listen there, they go on to the next address. Lives on the forward's event loop.
 */
final class UdpSession {

    /** Of the first datagrams, so many are kept, of so many bytes together. */
    private static final int MOST_KEPT = 16;

    private static final int MOST_BYTES_KEPT = 64 << 10;

    /** Only at first, in nanoseconds: that nothing listens is known long before. */
    private static final long KEPT = 1_000_000_000L;

    private final UdpForward forward;
    private final Datagrams datagrams;
    private final EventLoop loop;
    private final QueueBudget budget;
    private final UdpClient client;
    private final long began = System.nanoTime();
    private final Queue<InetSocketAddress> addresses = new ArrayDeque<>(2);
    private final Queue<ByteBuf> kept = new ArrayDeque<>(1);
    private final Set<String> failures = new LinkedHashSet<>();
    private int keptBytes;
    private final Queue<UpstreamAddress> targets;
    private UpstreamAddress target;
    private @Nullable InetSocketAddress address;
    private @Nullable Channel upstream;
    private boolean answered;
    private boolean ended;
    private long lastActivity = began;
    /** Both ways; whoever asks from another thread may see an earlier count. */
    private long bytes;

    UdpSession(UdpForward forward, Datagrams datagrams, EventLoop loop, QueueBudget budget, UdpClient client) {
        this.forward = forward;
        this.datagrams = datagrams;
        this.loop = loop;
        this.budget = budget;
        this.client = client;
        this.targets = new ArrayDeque<>(forward.turns().next(forward.rule().targets()));
        this.target = targets.element();
    }

    UdpClient client() {
        return client;
    }

    /** Where it leads, or is being led. */
    UpstreamAddress target() {
        return target;
    }

    /** Any thread. */
    ForwardStatus.Client use() {
        return new ForwardStatus.Client(client.address().getAddress(), 1, bytes);
    }

    /** As {@link System#nanoTime()} counts. */
    long lastActivity() {
        return lastActivity;
    }

    /**
     * Ends it where it has been silent for too long.
     *
     * @param idle in nanoseconds; zero: for ever
     */
    void sweep(long now, long idle) {
        if (idle > 0 && now - lastActivity >= idle) {
            end();
        } else if (now - began > KEPT && upstream != null) {
            letGo();
        }
    }

    void start() {
        UpstreamAddress next = targets.poll();
        // The rule may have changed since the session began.
        while (next != null && !forward.rule().targets().contains(next)) {
            next = targets.poll();
        }
        if (next == null) {
            giveUp();
        } else {
            target = next;
            datagrams.resolve(loop, target, this::resolved);
        }
    }

    private void resolved(@Nullable List<InetSocketAddress> found, @Nullable Throwable failure) {
        if (ended) {
            return;
        }
        if (found == null) {
            failures.add("the name of " + target + " does not resolve");
            targetLost("its name does not resolve");
            start();
            return;
        }
        addresses.addAll(found);
        InetSocketAddress proven = forward.proven(target);
        if (proven != null && addresses.remove(proven)) {
            addresses.clear();
            addresses.add(proven);
            found.stream().filter(other -> !other.equals(proven)).forEach(addresses::add);
        }
        connect();
    }

    private void connect() {
        upstream = null;
        while (upstream == null && !addresses.isEmpty()) {
            InetSocketAddress next = addresses.remove();
            address = next;
            try {
                upstream = forward.connect(this, next, new Upstream());
            } catch (IOException e) {
                failures.add(Addresses.text(next) + ": " + e.getMessage());
            }
        }
        Channel connected = upstream;
        if (connected == null) {
            targetLost("it cannot be reached");
            start();
            return;
        }
        for (ByteBuf datagram : List.copyOf(kept)) {
            // What the system refuses at once has led on to another address, or ended the session.
            if (upstream == connected) {
                datagrams.write(connected, datagram.copy(), null);
            }
        }
        flush();
    }

    /** Queues a datagram of the client, which {@link #flush} sends. */
    void toTarget(ByteBuf datagram) {
        lastActivity = System.nanoTime();
        Channel to = upstream;
        if (to == null || mayBeNeededAgain()) {
            keep(datagram);
        }
        if (to == null) {
            datagram.release();
        } else {
            bytes += datagram.readableBytes();
            if (!datagrams.write(to, datagram, null)) {
                forward.dropped(1);
            }
        }
    }

    private boolean mayBeNeededAgain() {
        return !answered
                && address != null
                && !address.equals(forward.proven(target))
                && lastActivity - began <= KEPT
                && (!addresses.isEmpty() || !targets.isEmpty());
    }

    /** A copy: what was read belongs to a buffer that many share. */
    private void keep(ByteBuf datagram) {
        int size = datagram.readableBytes();
        if (kept.size() < MOST_KEPT && keptBytes + size <= MOST_BYTES_KEPT && !budget.spent()) {
            kept.add(datagram.copy());
            keptBytes += size;
            budget.add(size);
        } else if (upstream == null) {
            forward.dropped(1);
        }
    }

    private void letGo() {
        if (!kept.isEmpty()) {
            kept.forEach(ByteBuf::release);
            kept.clear();
            budget.add(-keptBytes);
            keptBytes = 0;
        }
    }

    void flush() {
        Channel to = upstream;
        if (to != null) {
            forward.dropped(datagrams.flush(to));
        }
    }

    /** Closes its socket. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        letGo();
        Channel open = upstream;
        upstream = null;
        if (open != null) {
            open.close();
        }
        forward.ended(this);
    }

    private void answered(ByteBuf datagram) {
        lastActivity = System.nanoTime();
        bytes += datagram.readableBytes();
        if (!answered) {
            answered = true;
            letGo();
            forward.turns().reached(target);
            if (address != null) {
                forward.prove(target, address);
            }
        }
        forward.toClient(client, datagram);
    }

    private void failed(Channel from, Throwable cause) {
        String where = address == null ? target.toString() : Addresses.text(address);
        if (!Datagrams.isRefused(cause)) {
            forward.unreachable(where + ": " + Datagrams.reason(cause));
        } else if (answered) {
            // The next datagram begins anew, and may find it at its other address, or another target.
            targetLost("nothing listens there");
            end();
            forward.unreachable("nothing listens on " + where + " any more (port unreachable)");
        } else {
            failures.add("nothing listens on " + where + " (port unreachable)");
            upstream = null;
            from.close();
            if (kept.isEmpty()) {
                // Nothing to try the next address with: the next datagram begins anew.
                targetLost("nothing listens there");
                giveUp();
            } else {
                connect();
            }
        }
    }

    private void targetLost(String cause) {
        forward.disprove(target);
        if (forward.rule().targets().size() > 1) {
            forward.turns().unreachable(target, cause);
        }
    }

    private void giveUp() {
        end();
        forward.unreachable(String.join("; ", failures));
    }

    /** The socket to the target; there may be several, one after the other. */
    private final class Upstream extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf content = ((DatagramPacket) message).content();
            if (context.channel() == upstream) {
                answered(content);
            } else {
                content.release();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (context.channel() == upstream) {
                failed(context.channel(), cause);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (context.channel() == upstream) {
                end();
            }
        }
    }
}
