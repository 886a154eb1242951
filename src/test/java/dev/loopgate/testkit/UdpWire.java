package dev.loopgate.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client of UDP, which hears of nobody but the address that it talks to. */
public final class UdpWire implements AutoCloseable {

    private final DatagramChannel channel;
    private final InetSocketAddress address;

    private UdpWire(DatagramChannel channel, InetSocketAddress address) {
        this.channel = channel;
        this.address = address;
    }

    public static UdpWire to(InetSocketAddress address) {
        return from(address.getAddress().getHostAddress(), address);
    }

    /** @param source one of the addresses of this machine */
    public static UdpWire from(String source, InetSocketAddress address) {
        try {
            DatagramChannel channel = DatagramChannel.open();
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
            return new UdpWire(channel, address);
        } catch (IOException e) {
            throw new AssertionError("no UDP from " + source, e);
        }
    }

    public UdpWire send(byte[] datagram) {
        try {
            channel.send(ByteBuffer.wrap(datagram), address);
            return this;
        } catch (IOException e) {
            throw new AssertionError("cannot send to " + address, e);
        }
    }

    public UdpWire send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Waits for the next datagram. */
    public byte[] receive() {
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            long end = System.nanoTime() + Eventually.LIMIT.toNanos();
            while (System.nanoTime() < end) {
                byte[] datagram = poll();
                if (datagram != null) {
                    return datagram;
                }
                selector.select(100);
                selector.selectedKeys().clear();
            }
            throw new AssertionError("no answer from " + address);
        } catch (IOException e) {
            throw new AssertionError("no answer from " + address, e);
        }
    }

    private byte @Nullable [] poll() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(65_535);
        if (!address.equals(channel.receive(buffer))) {
            return null;
        }
        byte[] datagram = new byte[buffer.flip().remaining()];
        buffer.get(datagram);
        return datagram;
    }

    public String text() {
        return new String(receive(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError("does not close", e);
        }
    }
}
