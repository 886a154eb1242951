package dev.loopgate.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Either side of an HTTP/2 connection, which sends frames as given, right or wrong. Reads only while something is awaited,
 * in the thread that waits; then it acknowledges SETTINGS and PING, and opens the windows again, but those of streams that
 * are held. Text is ISO-8859-1, a character for each byte.
 */
public final class Http2Peer implements AutoCloseable {

    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    /** ACK of SETTINGS and PING, too. */
    public static final int END_STREAM = 1;

    public static final int END_HEADERS = 4;

    public static final int MAX_CONCURRENT_STREAMS = 3;
    public static final int INITIAL_WINDOW_SIZE = 4;
    public static final int ENABLE_CONNECT_PROTOCOL = 8;

    public static final long PROTOCOL_ERROR = 1;
    public static final long REFUSED_STREAM = 7;
    public static final long CANCEL = 8;
    public static final long ENHANCE_YOUR_CALM = 11;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int HEAD = 9;
    private static final int LARGEST = 16_384;
    private static final int FIRST_WINDOW = 65_535;

    private final Wire wire;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    private final Map<Integer, Http2Message> messages = new TreeMap<>();
    private final Map<Integer, Integer> settings = new HashMap<>();
    private final Map<Integer, Integer> windows = new HashMap<>();
    private final Set<Integer> held = new HashSet<>();
    private final Deque<Integer> begun = new ArrayDeque<>();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private @Nullable ByteArrayOutputStream corked;
    private byte[] head = new byte[0];
    private boolean blockEnds;
    private int nextStream = 1;
    private int pings;
    private long goAway = -1;

    private Http2Peer(Wire wire) {
        this.wire = wire;
    }

    /** A client with prior knowledge. */
    public static Http2Peer client(int port) {
        return client(Wire.connect(port));
    }

    /** @param settings identifiers and values by turns */
    public static Http2Peer client(Wire wire, int... settings) {
        Http2Peer peer = new Http2Peer(wire);
        wire.send(PREFACE);
        return peer.settings(settings);
    }

    /** A client that has said nothing by itself. */
    public static Http2Peer of(Wire wire) {
        return new Http2Peer(wire);
    }

    /** The side that was connected to; waits for what a client begins with. */
    public static Http2Peer server(Wire wire, int... settings) {
        Http2Peer peer = new Http2Peer(wire);
        peer.settings(settings);
        String begin = Wire.text(wire.read(PREFACE.length(), ScriptedBackend.IDLE_LIMIT));
        if (!begin.equals(PREFACE)) {
            wire.close();
        }
        return peer;
    }

    public Wire wire() {
        return wire;
    }

    // Sending

    public Http2Peer frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(HEAD + payload.length);
        frame.putInt((payload.length << 8) | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload);
        if (corked != null) {
            corked.writeBytes(frame.array());
        } else {
            wire.send(frame.array());
        }
        return this;
    }

    /** Sends the frames of these calls in one piece, so that the other side reads them at once. */
    public Http2Peer together(Runnable sends) {
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        corked = piece;
        sends.run();
        corked = null;
        wire.send(piece.toByteArray());
        return this;
    }

    public Http2Peer settings(int... identifiersAndValues) {
        ByteBuffer payload = ByteBuffer.allocate(identifiersAndValues.length / 2 * 6);
        for (int i = 0; i < identifiersAndValues.length; i += 2) {
            payload.putShort((short) identifiersAndValues[i]).putInt(identifiersAndValues[i + 1]);
        }
        return frame(SETTINGS, 0, 0, payload.array());
    }

    /** A header section, in as many frames as it takes. */
    public Http2Peer headers(int stream, boolean last, String... namesAndValues) {
        byte[] section = section(namesAndValues);
        int flags = last ? END_STREAM : 0;
        int from = 0;
        do {
            int to = Math.min(section.length, from + LARGEST);
            frame(
                    from == 0 ? HEADERS : CONTINUATION,
                    (from == 0 ? flags : 0) | (to == section.length ? END_HEADERS : 0),
                    stream,
                    Arrays.copyOfRange(section, from, to));
            from = to;
        } while (from < section.length);
        return this;
    }

    /** A section as HPACK has it: literal, and in nobody's table. */
    public static byte[] section(String... namesAndValues) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.write(0);
            literal(namesAndValues[i], out);
            literal(namesAndValues[i + 1], out);
        }
        return out.toByteArray();
    }

    /** RFC 7541 §5.1, §5.2. */
    private static void literal(String text, ByteArrayOutputStream out) {
        if (text.length() < 127) {
            out.write(text.length());
        } else {
            out.write(127);
            int left = text.length() - 127;
            for (; left >= 128; left >>>= 7) {
                out.write((left & 127) | 128);
            }
            out.write(left);
        }
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A request on the next stream; gives the stream. */
    public int request(String method, String host, String path, boolean last, String... namesAndValues) {
        int stream = nextStream();
        String[] all = new String[8 + namesAndValues.length];
        System.arraycopy(
                new String[] {":method", method, ":scheme", "http", ":authority", host, ":path", path}, 0, all, 0, 8);
        System.arraycopy(namesAndValues, 0, all, 8, namesAndValues.length);
        headers(stream, last, all);
        return stream;
    }

    /** A GET on the next stream; gives the stream. */
    public int get(String host, String path, String... namesAndValues) {
        return request("GET", host, path, true, namesAndValues);
    }

    /** The next stream of a client. */
    public int nextStream() {
        int stream = nextStream;
        nextStream += 2;
        return stream;
    }

    /** One frame, whatever the windows say. */
    public Http2Peer data(int stream, String body, boolean last) {
        return frame(DATA, last ? END_STREAM : 0, stream, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** All of it, as the windows let it through, unless the stream is reset. */
    public Http2Peer upload(int stream, byte[] body, boolean last) {
        int from = 0;
        while (from < body.length && message(stream).reset < 0) {
            int sent = offer(stream, body, from, last);
            if (sent == 0 && !read(Eventually.LIMIT)) {
                throw new AssertionError("no window for " + stream + " after " + from + " bytes");
            }
            from += sent;
        }
        return this;
    }

    /** At most one frame of a body, as large as the windows let it be; gives how much of it was sent. */
    public int offer(int stream, byte[] body, int from, boolean last) {
        int n = Math.min(Math.min(window(0), window(stream)), Math.min(LARGEST, body.length - from));
        if (n <= 0) {
            return 0;
        }
        int to = from + n;
        frame(DATA, last && to == body.length ? END_STREAM : 0, stream, Arrays.copyOfRange(body, from, to));
        windows.merge(0, -n, Integer::sum);
        windows.merge(stream, -n, Integer::sum);
        return n;
    }

    /** Whether the windows let anything through, as far as was read. */
    public boolean mayOffer(int stream) {
        return window(0) > 0 && window(stream) > 0;
    }

    private int window(int stream) {
        int first = stream == 0 ? FIRST_WINDOW : settings.getOrDefault(INITIAL_WINDOW_SIZE, FIRST_WINDOW);
        return first + windows.getOrDefault(stream, 0);
    }

    public Http2Peer reset(int stream, long code) {
        return frame(RST_STREAM, 0, stream, number((int) code));
    }

    public Http2Peer windowUpdate(int stream, int bytes) {
        return frame(WINDOW_UPDATE, 0, stream, number(bytes));
    }

    public Http2Peer goAway(int lastStream, long code) {
        return frame(
                GOAWAY,
                0,
                0,
                ByteBuffer.allocate(8).putInt(lastStream).putInt((int) code).array());
    }

    /** The peer may send no more on this stream than its first window. */
    public Http2Peer hold(int stream) {
        held.add(stream);
        return this;
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    // Reading

    /** What came on a stream so far. */
    public Http2Message message(int stream) {
        return messages.computeIfAbsent(stream, none -> new Http2Message());
    }

    /** Reads until a message is whole or its stream reset. */
    public Http2Message await(int stream) {
        Http2Message message = message(stream);
        until("the end of stream " + stream, () -> message.ended || message.reset >= 0);
        return message;
    }

    /** Reads until a stream has a head. */
    public Http2Message awaitHead(int stream) {
        Http2Message message = message(stream);
        until("a head on stream " + stream, () -> message.headed || message.reset >= 0);
        return message;
    }

    /** Reads until the next request of the client is here, its body perhaps not yet; zero where none comes. */
    public int awaitRequest() {
        while (begun.isEmpty()) {
            if (!read(ScriptedBackend.IDLE_LIMIT)) {
                return 0;
            }
        }
        return begun.remove();
    }

    public void until(String what, BooleanSupplier condition) {
        if (!holds(Eventually.LIMIT, condition)) {
            throw new AssertionError(what + ": not within " + Eventually.LIMIT + ", the connection is " + wire.end()
                    + ", GOAWAY " + goAway + ", " + messages);
        }
    }

    /** Reads until something holds; false where the time or the connection ends before. */
    public boolean holds(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!read(Duration.ofNanos(end - System.nanoTime()))) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    /** Reads until the connection is over. */
    public Wire.End awaitEnd() {
        holds(Eventually.LIMIT, () -> wire.end() != Wire.End.OPEN);
        return wire.end();
    }

    /** The last code of a GOAWAY that came; -1 for none. */
    public long goAway() {
        return goAway;
    }

    /** The settings that came. */
    public Map<Integer, Integer> settings() {
        return settings;
    }

    /** How many PING were answered. */
    public int pings() {
        return pings;
    }

    /** Sends a PING and reads until it is answered: what was sent before it has been dealt with. */
    public Http2Peer roundTrip() {
        int before = pings;
        frame(PING, 0, 0, new byte[8]);
        until("an answer to PING", () -> pings > before);
        return this;
    }

    /** One frame; false where none comes in time. */
    private boolean read(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        if (head.length == 0) {
            if (!fill(HEAD, end)) {
                return false;
            }
            head = wire.read(HEAD);
        }
        ByteBuffer fields = ByteBuffer.wrap(head);
        int lengthAndType = fields.getInt();
        int length = lengthAndType >>> 8;
        if (!fill(length, end)) {
            return false;
        }
        byte[] payload = wire.read(length);
        int flags = head[4] & 0xff;
        int stream = fields.getInt(5) & 0x7fffffff;
        head = new byte[0];
        came(lengthAndType & 0xff, flags, stream, payload);
        return true;
    }

    private boolean fill(int bytes, long end) {
        while (wire.buffered() < bytes) {
            if (!wire.fill(Duration.ofNanos(end - System.nanoTime()))) {
                return false;
            }
        }
        return true;
    }

    private void came(int type, int flags, int stream, byte[] payload) {
        boolean ends = (flags & END_STREAM) != 0;
        switch (type) {
            case DATA -> {
                Http2Message message = message(stream);
                message.body.writeBytes(payload);
                message.ended |= ends;
                if (payload.length > 0) {
                    windowUpdate(0, payload.length);
                    if (!ends && !held.contains(stream)) {
                        windowUpdate(stream, payload.length);
                    }
                }
            }
            case HEADERS, CONTINUATION -> {
                blockEnds |= type == HEADERS && ends;
                block.writeBytes(payload);
                if ((flags & END_HEADERS) != 0) {
                    section(stream);
                }
            }
            case RST_STREAM ->
                message(stream).reset =
                        Integer.toUnsignedLong(ByteBuffer.wrap(payload).getInt());
            case SETTINGS -> {
                if (!ends) {
                    ByteBuffer all = ByteBuffer.wrap(payload);
                    while (all.remaining() >= 6) {
                        settings.put((int) all.getShort(), all.getInt());
                    }
                    frame(SETTINGS, END_STREAM, 0, new byte[0]);
                }
            }
            case PING -> {
                if (ends) {
                    pings++;
                } else {
                    frame(PING, END_STREAM, 0, payload);
                }
            }
            case GOAWAY ->
                goAway = Integer.toUnsignedLong(ByteBuffer.wrap(payload).getInt(4));
            case WINDOW_UPDATE -> windows.merge(stream, ByteBuffer.wrap(payload).getInt(), Integer::sum);
            default -> {}
        }
    }

    private void section(int stream) {
        ByteBuf in = Unpooled.wrappedBuffer(block.toByteArray());
        block.reset();
        try {
            List<Field> section = new ArrayList<>();
            decoder.decodeHeaders(stream, in)
                    .forEach(field -> section.add(new Field(
                            field.getKey().toString(), field.getValue().toString())));
            boolean fresh = !messages.containsKey(stream);
            Http2Message message = message(stream);
            message.section(section);
            message.ended |= blockEnds;
            if (fresh && !Field.values(section, ":method").isEmpty()) {
                begun.add(stream);
            }
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        } finally {
            blockEnds = false;
            in.release();
        }
    }

    @Override
    public void close() {
        wire.close();
    }
}
