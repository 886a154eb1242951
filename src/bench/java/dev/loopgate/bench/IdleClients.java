package dev.loopgate.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections that have had one answer each, and are kept. */
final class IdleClients implements AutoCloseable {

    private final List<SocketChannel> open = new ArrayList<>();

    private IdleClients() {}

    static IdleClients open(InetSocketAddress address, int count) throws IOException {
        IdleClients clients = new IdleClients();
        ByteBuffer request = Workload.get(1, 1024, Site.HOST).requests().get(0);
        ByteBuffer in = ByteBuffer.allocateDirect(8 * 1024);
        HttpReply reply = new HttpReply(200, false);
        try {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open(address);
                clients.open.add(channel);
                channel.write(request.duplicate());
                reply.begin();
                do {
                    if (channel.read(in.clear()) < 0) {
                        throw new IOException("closed before the answer was whole");
                    }
                } while (!reply.take(in.flip()));
            }
        } catch (IOException e) {
            clients.close();
            throw e;
        }
        return clients;
    }

    int count() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : open) {
            channel.close();
        }
    }
}
