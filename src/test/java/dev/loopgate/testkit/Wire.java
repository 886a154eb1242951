package dev.loopgate.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A blocking socket with bounded waits that tells how the other side ended. Text on it is ISO-8859-1, a character for each
 * byte. Not thread-safe, but one thread may write while another reads.
 */
public final class Wire implements AutoCloseable {

    /** What became of the other side's direction. */
    public enum End {
        /** Nothing yet. */
        OPEN,
        FIN,
        RESET
    }

    private final Socket socket;
    private byte[] buffer = new byte[0];
    private volatile End end = End.OPEN;
    private volatile boolean closed;

    public Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
    }

    /** Connects to a port of 127.0.0.1. */
    public static Wire connect(int port) {
        return connect("127.0.0.1", port);
    }

    /** @param address of this machine, as a number */
    public static Wire connect(String address, int port) {
        return connect(new Socket(), address, port);
    }

    /** Connects with a receive buffer so small that the other side soon cannot write. */
    public static Wire connectWithReceiveBuffer(int port, int bytes) {
        Socket socket = new Socket();
        try {
            socket.setReceiveBufferSize(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return connect(socket, "127.0.0.1", port);
    }

    private static Wire connect(Socket socket, String address, int port) {
        try {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByName(address), port), (int) Eventually.LIMIT.toMillis());
            return new Wire(socket);
        } catch (IOException e) {
            throw new AssertionError("cannot connect to " + address + " port " + port, e);
        }
    }

    /** Writes; false where the other side does not take it any more. */
    public boolean send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    public boolean send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads once more; false at the end of the stream or of the time. */
    public boolean fill(Duration limit) {
        return fillUntil(System.nanoTime() + limit.toNanos());
    }

    private boolean fillUntil(long deadline) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (end != End.OPEN || left <= 0) {
            return false;
        }
        byte[] chunk = new byte[65536];
        try {
            socket.setSoTimeout((int) Math.max(1, left));
            int count = socket.getInputStream().read(chunk);
            if (count < 0) {
                end = End.FIN;
                return false;
            }
            byte[] joined = Arrays.copyOf(buffer, buffer.length + count);
            System.arraycopy(chunk, 0, joined, buffer.length, count);
            buffer = joined;
            return true;
        } catch (SocketTimeoutException late) {
            return false;
        } catch (IOException gone) {
            end = End.RESET;
            return false;
        }
    }

    /** Up to and including the mark; null where the stream or the time ends first. */
    public @Nullable String until(String mark, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        byte[] wanted = mark.getBytes(StandardCharsets.ISO_8859_1);
        int from = 0;
        while (true) {
            int at = indexOf(wanted, from);
            if (at >= 0) {
                return text(take(at + wanted.length));
            }
            from = Math.max(0, buffer.length - wanted.length + 1);
            if (!fillUntil(deadline)) {
                return null;
            }
        }
    }

    /** So many bytes, or fewer where the stream or the time ends first. */
    public byte[] read(int count, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(count, 1 << 20));
        while (out.size() < count && (buffer.length > 0 || fillUntil(deadline))) {
            out.writeBytes(take(Math.min(buffer.length, count - out.size())));
        }
        return out.toByteArray();
    }

    public byte[] read(int count) {
        return read(count, Eventually.LIMIT);
    }

    /** What has arrived, at least one byte, at most so many; empty at the end of the stream or of the time. */
    public byte[] readSome(int most, Duration limit) {
        if (buffer.length == 0) {
            fill(limit);
        }
        return take(Math.min(most, buffer.length));
    }

    /** Everything to the end of the stream or of the time. */
    public byte[] rest(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        do {
            out.writeBytes(take(buffer.length));
        } while (fillUntil(deadline));
        return out.toByteArray();
    }

    /** Waits for the end of the stream, dropping what comes before it. */
    public End awaitEnd(Duration limit) {
        rest(limit);
        return end;
    }

    public End awaitEnd() {
        return awaitEnd(Eventually.LIMIT);
    }

    /** How the stream stands, as far as it was read. */
    public End end() {
        return end;
    }

    /** What has been received and not been read yet. */
    public int buffered() {
        return buffer.length;
    }

    public int localPort() {
        return socket.getLocalPort();
    }

    /** Ends our direction only. */
    public void finish() {
        try {
            socket.shutdownOutput();
        } catch (IOException alreadyGone) {
            // the other side was quicker
        }
    }

    /** Ends with RST. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyGone) {
            // closing it is all that is left
        }
        close();
    }

    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // nothing is left to close
        }
    }

    public boolean isClosed() {
        return closed;
    }

    private int indexOf(byte[] wanted, int from) {
        for (int i = from; i <= buffer.length - wanted.length; i++) {
            if (Arrays.equals(buffer, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    private byte[] take(int count) {
        byte[] taken = Arrays.copyOf(buffer, count);
        buffer = Arrays.copyOfRange(buffer, count, buffer.length);
        return taken;
    }

    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
