package dev.loopgate.http;

import dev.loopgate.net.PausableReads;
import dev.loopgate.net.TlsTermination;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.ApplicationProtocolNames;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1.1 connection: reads requests one after the other, hands each to an {@link Exchange}, and passes its
 * body on while the exchange takes it. Everything happens on the connection's event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
        implements Downstream.OfConnection, ClientConnections.Member {

    /** Room in front of what is read, in bytes: a head that grows on its way still goes out with the body behind it. */
    static final int HEADROOM = 512;

    /** The type of a record that begins a TLS connection (RFC 8446 §5.1), and of no HTTP message the first byte. */
    private static final byte TLS_HANDSHAKE = 22;

    static final long HEAD_DEADLINE = 15_000_000_000L;
    private static final long IDLE_DEADLINE = 300_000_000_000L;
    private static final long LINGER_DEADLINE = 5_000_000_000L;
    private static final long FIN_DEADLINE = 30_000_000_000L;

    private final HttpLoop loop;
    private final Channel channel;
    private Client client;
    private final RequestBody requestBody;
    private final ClientConnections.Seat seat;
    private ClientPhase phase = ClientPhase.IDLE;
    private @Nullable Exchange exchange;
    private final RequestInput input;
    private byte[] headCopy = new byte[0];
    private int headLength;
    private long deadline;
    /** Nothing was taken so far: what comes may be TLS, or HTTP/2. */
    private boolean fresh = true;

    private boolean processing;
    private boolean inputEnded;
    private boolean closeAfter;
    /** The client speaks something else: it is told so, but in a way that it understands as well. */
    private boolean foreign;

    private boolean paused;
    /** The client's FIN is behind what is unread, and nothing has been read since. */
    private boolean finAhead;

    ClientConnection(HttpLoop loop, Channel channel, Client client) {
        this.loop = loop;
        this.channel = channel;
        this.input = new RequestInput(channel);
        this.requestBody = new RequestBody(loop, input);
        this.client = client;
        this.deadline = loop.now() + IDLE_DEADLINE;
        this.seat = loop.add(this);
    }

    @Override
    public Client client() {
        return client;
    }

    @Override
    public Channel channel() {
        return channel;
    }

    @Override
    public ClientConnection alone() {
        return this;
    }

    @Override
    public byte[] headCopy() {
        return headCopy;
    }

    @Override
    public int headLength() {
        return headLength;
    }

    @Override
    public boolean requestComplete() {
        return requestBody.complete();
    }

    // What the channel says

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        switch (phase) {
            case CLOSED, CLOSING, LINGER -> in.release();
            case EXCHANGE -> {
                if (input.isEmpty() && exchange != null && exchange.takesBody()) {
                    input.add(in);
                    passBody();
                } else {
                    input.add(in);
                    pauseIfFull();
                }
            }
            default -> {
                input.add(in);
                process();
                pauseIfFull();
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
            case HANDSHAKE -> abort();
            case IDLE, HEAD, LINGER -> closeOnceWritten();
            case EXCHANGE -> {
                if ((!requestBody.complete() && input.isEmpty()) || !TlsTermination.canSend(channel)) {
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
        if (cause instanceof PausableReads.ReadPaused && !PausableReads.hasFailed(channel)) {
            if (paused && !finAhead && !inputEnded) {
                finAhead = true;
                deadline = loop.now() + FIN_DEADLINE;
            }
            return;
        }
        abort();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        abort();
    }

    // Requests

    /** After somebody had the chance to take some: each pause costs two calls of the system. */
    private void pauseIfFull() {
        if (phase == ClientPhase.EXCHANGE && input.isFull()) {
            pause();
        }
    }

    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            while ((phase == ClientPhase.IDLE || phase == ClientPhase.HEAD) && readHead()) {
                // The next request may be here already (RFC 9112 §9.3.2).
            }
        } finally {
            processing = false;
        }
        if (phase == ClientPhase.IDLE || phase == ClientPhase.HEAD) {
            if (inputEnded) {
                closeOnceWritten();
            } else {
                resume();
            }
        }
    }

    private boolean readHead() {
        input.trim();
        ByteBuf in = input.peek();
        if (in == null) {
            return false;
        }
        long now = loop.now();
        if (fresh
                && !client.secure()
                && in.getByte(in.readerIndex()) == TLS_HANDSHAKE
                && loop.plan().servesTls()) {
            fresh = false;
            secure(in, now);
            return false;
        }
        if (phase == ClientPhase.IDLE) {
            if (input.isEmptyLines()) {
                return false;
            }
            phase = ClientPhase.HEAD;
            deadline = now + HEAD_DEADLINE;
            input.headBegins();
        }
        if (fresh) {
            Http2ClientConnection.Beginning preface = Http2ClientConnection.beginning(in);
            if (preface == Http2ClientConnection.Beginning.WHOLE) {
                multiplex();
            }
            if (preface != Http2ClientConnection.Beginning.NONE) {
                return false;
            }
            fresh = false;
        }
        if (!input.worthParsing()) {
            return false;
        }
        Head head = loop.head;
        long framing;
        try {
            if (!loop.parser.parseRequest(in)) {
                input.headIncomplete();
                return false;
            }
            loop.target.read(head);
            framing = Framing.ofRequest(head);
        } catch (MalformedMessage e) {
            foreign = e.foreign();
            refuse(e.code(), e.reason());
            return true;
        }
        in.skipBytes(head.length);
        headCopy = head.copy(headCopy);
        headLength = head.length;
        requestBody.begin(framing, FailureCode.BAD_FRAMING, now);
        if (inputEnded || finAhead) {
            deadline = now + FIN_DEADLINE;
        }
        phase = ClientPhase.EXCHANGE;
        loop.countRequest();
        Exchange started = new Exchange(loop, this);
        exchange = started;
        started.start(framing, now);
        return true;
    }

    /** What came is no request but the beginning of TLS; requests come within it. */
    private void secure(ByteBuf hello, long now) {
        phase = ClientPhase.HANDSHAKE;
        deadline = now + HEAD_DEADLINE;
        input.take();
        loop.tls()
                .begin(
                        channel.pipeline().context(this),
                        hello,
                        name -> loop.plan().identity(name, client),
                        this::secured);
    }

    private void secured(String serverName, String protocol) {
        client = client.secured(serverName);
        if (phase == ClientPhase.HANDSHAKE && protocol.equals(ApplicationProtocolNames.HTTP_2)) {
            multiplex();
        } else if (phase == ClientPhase.HANDSHAKE) {
            phase = ClientPhase.IDLE;
            deadline = loop.now() + IDLE_DEADLINE;
        }
    }

    /** From here on the connection carries several exchanges at once. */
    private void multiplex() {
        ByteBuf seen = input.take();
        phase = ClientPhase.CLOSED;
        leave();
        Http2ClientConnection.takeOver(loop, channel, client, this, seen);
    }

    private void refuse(FailureCode code, String cause) {
        phase = ClientPhase.EXCHANGE;
        closeAfter = true;
        requestBody.begin(Framing.UNTIL_CLOSE, code, loop.now());
        loop.countRequest();
        Exchange refused = new Exchange(loop, this);
        exchange = refused;
        refused.refuse(code, cause);
    }

    /** What has been read behind the current request's head. */
    RequestInput input() {
        return input;
    }

    /** Whether the client's FIN was read. */
    boolean inputEnded() {
        return inputEnded;
    }

    @Override
    public ByteBuf takeRequest(HeadBuilder head, long framing) {
        return requestBody.takeBehind(head, framing);
    }

    @Override
    public @Nullable SplicedBody spliceBody(Channel to, SplicedBody.Passed passed, Runnable drained) {
        return requestBody.splice(channel, to, passed, drained);
    }

    @Override
    public void passBody() {
        Exchange current = exchange;
        if (current != null) {
            requestBody.pass(current);
            if (exchange == current && inputEnded && !requestBody.complete()) {
                abort();
            }
        }
    }

    // What the exchange wants

    @Override
    public void pause() {
        if (!paused) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            finAhead = false;
            requestBody.waitedFor();
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void closeAfterwards() {
        closeAfter = true;
    }

    /** The connection goes on to the next request or ends. */
    @Override
    public void exchangeDone() {
        exchange = null;
        channel.flush();
        if (closeAfter) {
            finish((requestBody.complete() && input.isEmpty()) || inputEnded);
            return;
        }
        phase = ClientPhase.IDLE;
        deadline = loop.now() + IDLE_DEADLINE;
        if (headCopy.length > 2048) {
            headCopy = new byte[0];
        }
        input.trim();
        if (!input.isEmpty() || inputEnded || paused) {
            process();
        }
    }

    @Override
    public void abortAnswer(boolean endMarksTheEnd) {
        exchange = null;
        if (endMarksTheEnd) {
            // The client takes a clean end for the end of the body: only a reset tells it otherwise.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } else {
            channel.flush();
        }
        breakOff();
    }

    /** Gives the channel away; this object has no more to do with it. */
    void handOver() {
        exchange = null;
        phase = ClientPhase.CLOSED;
        leave();
        resume();
        channel.pipeline().remove(this);
    }

    @Override
    public void closeWhenDone() {
        closeAfter = true;
        if (phase == ClientPhase.IDLE) {
            closeOnceWritten();
        } else if (phase == ClientPhase.HANDSHAKE) {
            abort();
        }
    }

    private void finish(boolean nothingUnread) {
        if (foreign) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        if (nothingUnread || foreign) {
            closeOnceWritten();
            return;
        }
        input.release();
        phase = ClientPhase.LINGER;
        deadline = loop.now() + IDLE_DEADLINE;
        resume();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            deadline = loop.now() + LINGER_DEADLINE;
            TlsTermination.endOutput(channel);
        });
    }

    @Override
    public void abort() {
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.clientGone();
        }
        breakOff();
    }

    /** Not the end that was meant: over TLS the client is to see that. */
    private void breakOff() {
        forget();
        TlsTermination.cutOff(channel);
    }

    /** Closes, but not before the client has taken the end of its last answer: netty would drop what is queued. */
    private void closeOnceWritten() {
        input.release();
        phase = ClientPhase.CLOSING;
        deadline = loop.now() + IDLE_DEADLINE;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> close());
    }

    private void close() {
        forget();
        channel.close();
    }

    private void forget() {
        phase = ClientPhase.CLOSED;
        leave();
        input.release();
    }

    private void leave() {
        seat.leave();
        loop.countConnections();
    }

    @Override
    public void sweep(long now) {
        if (phase == ClientPhase.EXCHANGE) {
            // A client that has ended is not watched by epoll any more: that it was reset as well must be asked for.
            if ((inputEnded || finAhead) && (now - deadline > 0 || PausableReads.hasFailed(channel))) {
                abort();
            } else if (exchange != null) {
                exchange.sweep(now, requestBody.lastCame(), paused);
            }
        } else if (now - deadline > 0) {
            switch (phase) {
                case IDLE -> close();
                case HEAD -> refuse(FailureCode.REQUEST_TIMEOUT, "its header was not complete after 15 seconds");
                // Over TLS nothing more is said: who takes no bytes would have to be waited for.
                default -> abort();
            }
        }
    }
}
