package dev.loopgate.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of 127.0.0.1 that refuses connections for as long as this is open: it is bound, so that the system gives it to
 * nobody else, and not listened on.
 */
public final class ClosedPort implements AutoCloseable {

    private final Socket holder = new Socket();

    public ClosedPort() {
        try {
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public int port() {
        return holder.getLocalPort();
    }

    /** Gives the port free; somebody may listen on it now. */
    @Override
    public void close() {
        try {
            holder.close();
        } catch (IOException alreadyGone) {
            // nothing is left to close
        }
    }
}
