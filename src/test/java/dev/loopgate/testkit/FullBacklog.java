package dev.loopgate.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A port of 127.0.0.1 that answers no connection: nobody accepts, and the system's queue for it is full. */
public final class FullBacklog implements AutoCloseable {

    /** More than any system queues where one is asked for. */
    private static final int MOST = 64;

    /** A connection within this machine that has room is there at once, and a pause passes for the system as well. */
    private static final int WAIT_MILLIS = 300;

    private final ServerSocket server;
    private final List<Socket> queued = new ArrayList<>();

    /** Skips the test where the system never fills a queue. */
    public FullBacklog() {
        try {
            server = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        boolean full = fills();
        if (!full) {
            close();
        }
        Assumptions.assumeTrue(full, "this system never fills a backlog");
    }

    /** Whether two were not answered in the end: the first may just have been late. */
    private boolean fills() {
        int unanswered = 0;
        while (queued.size() < MOST) {
            Socket socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(new InetSocketAddress(server.getInetAddress(), port()), WAIT_MILLIS);
            } catch (SocketTimeoutException full) {
                unanswered++;
                if (unanswered == 2) {
                    return true;
                }
            } catch (IOException e) {
                close();
                throw new AssertionError(e);
            }
        }
        return false;
    }

    public int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : queued) {
                socket.close();
            }
        } catch (IOException alreadyGone) {
            // nothing is left to close
        }
    }
}
