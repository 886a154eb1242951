package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1.1 connection: reads requests one after the other, hands each to an {@link Exchange}, and passes its
 * body on while the exchange takes it. Everything happens on the connection's event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    private enum Phase {
        /** Between requests. */
        IDLE,
        /** Some bytes of a head are here. */
        HEAD,
        /** A request is being served. */
        EXCHANGE,
        /** All is said; what the client still sends is read and dropped, so that it can read the answer. */
        LINGER,
        CLOSED
    }

    private static final long HEAD_DEADLINE = 15_000_000_000L;
    private static final long IDLE_DEADLINE = 300_000_000_000L;
    private static final long LINGER_DEADLINE = 5_000_000_000L;
    private static final long FIN_DEADLINE = 30_000_000_000L;
    private static final int MAX_WAITING_INPUT = 64 * 1024;

    /** Neighbours in the loop's list. */
    @Nullable
    ClientConnection previous;

    @Nullable
    ClientConnection next;

    private final HttpLoop loop;
    private final Channel channel;
    private final Client client;
    private final BodyReader requestBody = new BodyReader();
    private Phase phase = Phase.IDLE;
    private @Nullable Exchange exchange;
    private @Nullable ByteBuf input;
    private byte[] headCopy = new byte[0];
    private int headLength;
    private int parsedBytes;
    private long deadline;
    private long lastBody;
    private boolean processing;
    private boolean inputEnded;
    private boolean closeAfter;
    private boolean paused;

    ClientConnection(HttpLoop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
        this.client =
                new Client((InetSocketAddress) channel.remoteAddress(), (InetSocketAddress) channel.localAddress());
        this.deadline = loop.now() + IDLE_DEADLINE;
    }

    Client client() {
        return client;
    }

    Channel channel() {
        return channel;
    }

    /** The head of the current request, as it came; {@link #headLength()} bytes of it. */
    byte[] headCopy() {
        return headCopy;
    }

    int headLength() {
        return headLength;
    }

    BodyReader requestBody() {
        return requestBody;
    }

    // What the channel says

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        switch (phase) {
            case CLOSED, LINGER -> in.release();
            case EXCHANGE -> {
                if (input == null && exchange != null && exchange.takesBody()) {
                    input = in;
                    passBody();
                } else {
                    keep(in);
                }
            }
            default -> {
                keep(in);
                process();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (exchange != null) {
            exchange.flushUpstream();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (exchange != null && channel.isWritable()) {
            exchange.answer().clientReads();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            return;
        }
        inputEnded = true;
        switch (phase) {
            case IDLE, HEAD, LINGER -> close();
            case EXCHANGE -> {
                if (!requestBody.complete() && input == null) {
                    abort();
                } else {
                    // The client may have said all it has to say and still wait for the answer; or it may be gone.
                    deadline = loop.now() + FIN_DEADLINE;
                }
            }
            default -> {}
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        abort();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        abort();
    }

    // Requests

    private void keep(ByteBuf in) {
        ByteBuf kept = input;
        if (kept == null) {
            input = in;
        } else {
            if (kept.writableBytes() < in.readableBytes()) {
                ByteBuf larger = channel.alloc().directBuffer(kept.readableBytes() + in.readableBytes() + 1024);
                larger.writeBytes(kept);
                kept.release();
                kept = larger;
                input = kept;
            }
            kept.writeBytes(in);
            in.release();
        }
        if (input != null && input.readableBytes() > MAX_WAITING_INPUT) {
            pause();
        }
    }

    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            while ((phase == Phase.IDLE || phase == Phase.HEAD) && input != null && readHead()) {
                // The next request may be here already (RFC 9112 §9.3.2).
            }
        } finally {
            processing = false;
        }
        if (phase == Phase.IDLE) {
            if (inputEnded) {
                close();
            } else {
                resume();
            }
        }
    }

    private boolean readHead() {
        ByteBuf in = input;
        if (in == null || !in.isReadable()) {
            releaseInput();
            return false;
        }
        if (phase == Phase.IDLE) {
            phase = Phase.HEAD;
            deadline = loop.now() + HEAD_DEADLINE;
            parsedBytes = 0;
        }
        if (!worthParsing(in)) {
            return false;
        }
        Head head = loop.head;
        long framing;
        try {
            if (!loop.parser.parseRequest(in)) {
                parsedBytes = in.readableBytes();
                return false;
            }
            loop.target.read(head);
            framing = Framing.ofRequest(head);
        } catch (MalformedMessage e) {
            refuse(e.code(), e.reason());
            return true;
        }
        in.skipBytes(head.length);
        headCopy = head.copy(headCopy);
        headLength = head.length;
        requestBody.begin(framing, FailureCode.BAD_FRAMING);
        lastBody = loop.now();
        phase = Phase.EXCHANGE;
        loop.countRequest();
        Exchange started = new Exchange(loop, this);
        exchange = started;
        started.start(framing);
        return true;
    }

    /** A head that dribbles in is parsed again only where it may be whole, or has doubled. */
    private boolean worthParsing(ByteBuf in) {
        int size = in.readableBytes();
        if (parsedBytes == 0 || size >= 2 * parsedBytes || size >= Head.MAX_BYTES) {
            return true;
        }
        int end = in.writerIndex();
        for (int i = Math.max(in.readerIndex(), in.readerIndex() + parsedBytes - 3); i < end - 2; i++) {
            if (in.getByte(i) == Grammar.LF && in.getByte(i + 1) == Grammar.CR && in.getByte(i + 2) == Grammar.LF) {
                return true;
            }
        }
        return false;
    }

    private void refuse(FailureCode code, String cause) {
        phase = Phase.EXCHANGE;
        closeAfter = true;
        requestBody.begin(Framing.UNTIL_CLOSE, code);
        loop.countRequest();
        Exchange refused = new Exchange(loop, this);
        exchange = refused;
        refused.refuse(code, cause);
    }

    /** Takes the buffer that the current request came in, where nothing else is in it. */
    @Nullable
    ByteBuf takeEmptiedInput() {
        ByteBuf in = input;
        // A slice of the last body may still wait to be written: then the buffer is not ours to write over.
        if (in == null || in.isReadable() || in.refCnt() != 1) {
            return null;
        }
        input = null;
        return in;
    }

    /** A body that went out together with its head. */
    void bodyTaken(int bytes) {
        ByteBuf in = input;
        if (in != null) {
            in.skipBytes(bytes);
            if (!in.isReadable()) {
                releaseInput();
            }
        }
        requestBody.begin(Framing.NONE, FailureCode.BAD_FRAMING);
    }

    /** What has been read behind the current request's head. */
    @Nullable
    ByteBuf input() {
        return input;
    }

    /** Takes what has been read behind the current request's head, for a tunnel. */
    @Nullable
    ByteBuf takeInput() {
        ByteBuf in = input;
        input = null;
        return in;
    }

    /** Passes on what is here of the request's body; called when the exchange begins to take it, and on each read. */
    void passBody() {
        ByteBuf in = input;
        Exchange current = exchange;
        if (in == null || current == null || requestBody.complete()) {
            return;
        }
        lastBody = loop.now();
        int start = in.readerIndex();
        int n;
        try {
            n = requestBody.advance(in);
        } catch (MalformedMessage e) {
            current.fail(e.code(), e.reason());
            return;
        }
        if (in.isReadable() || in.readerIndex() != start + n) {
            current.requestBody(in.retainedSlice(start, n));
            if (!in.isReadable()) {
                releaseInput();
            }
        } else {
            input = null;
            current.requestBody(in.setIndex(start, start + n));
        }
        if (requestBody.complete()) {
            current.requestEnded(requestBody.ending());
        } else if (inputEnded) {
            abort();
        }
    }

    // What the exchange wants

    void write(ByteBuf buffer) {
        channel.write(buffer, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    void pause() {
        if (!paused) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    void resume() {
        if (paused) {
            paused = false;
            lastBody = loop.now();
            channel.config().setAutoRead(true);
        }
    }

    /** The connection ends after the current answer. */
    void closeAfterwards() {
        closeAfter = true;
    }

    /** The answer is written; the connection goes on to the next request or ends. */
    void exchangeDone() {
        exchange = null;
        channel.flush();
        if (closeAfter) {
            finish((requestBody.complete() && input == null) || inputEnded);
            return;
        }
        phase = Phase.IDLE;
        deadline = loop.now() + IDLE_DEADLINE;
        if (headCopy.length > 2048) {
            headCopy = new byte[0];
        }
        if (input != null && !input.isReadable()) {
            releaseInput();
        }
        if (input != null || inputEnded || paused) {
            process();
        }
    }

    /** The answer cannot be completed. */
    void abortAnswer(boolean endMarksTheEnd) {
        exchange = null;
        if (endMarksTheEnd) {
            // The client takes a clean end for the end of the body: only a reset tells it otherwise.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } else {
            channel.flush();
        }
        close();
    }

    /** Gives the channel away; this object has no more to do with it. */
    void handOver() {
        exchange = null;
        phase = Phase.CLOSED;
        loop.remove(this);
        resume();
        channel.pipeline().remove(this);
    }

    void closeWhenDone() {
        closeAfter = true;
        if (phase == Phase.IDLE) {
            close();
        }
    }

    private void finish(boolean nothingUnread) {
        releaseInput();
        if (nothingUnread) {
            phase = Phase.CLOSED;
            loop.remove(this);
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        phase = Phase.LINGER;
        deadline = loop.now() + LINGER_DEADLINE;
        resume();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (channel instanceof DuplexChannel duplex && channel.isActive()) {
                duplex.shutdownOutput();
            }
        });
    }

    void abort() {
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.clientGone();
        }
        close();
    }

    private void close() {
        phase = Phase.CLOSED;
        loop.remove(this);
        releaseInput();
        channel.close();
    }

    private void releaseInput() {
        ByteBuf in = input;
        input = null;
        if (in != null) {
            in.release();
        }
    }

    void sweep(long now) {
        if (phase == Phase.EXCHANGE) {
            if (inputEnded && now - deadline > 0) {
                abort();
            } else if (exchange != null) {
                exchange.sweep(now, paused ? now : lastBody);
            }
        } else if (now - deadline > 0) {
            if (phase == Phase.HEAD) {
                refuse(FailureCode.REQUEST_TIMEOUT, "its header was not complete after 15 seconds");
            } else {
                close();
            }
        }
    }
}
