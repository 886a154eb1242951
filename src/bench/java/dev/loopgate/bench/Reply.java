package dev.loopgate.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What a client waits for on one connection. */
sealed interface Reply permits HttpReply, FixedReply {

    /** Forgets the one before. */
    void begin();

    /**
     * Takes what came.
     *
     * @return whether that was all of it
     * @throws IOException where it is not what was asked for
     */
    boolean take(ByteBuffer in) throws IOException;

    /**
     * Takes the end of the connection.
     *
     * @throws IOException where it is too early
     */
    void end() throws IOException;
}
