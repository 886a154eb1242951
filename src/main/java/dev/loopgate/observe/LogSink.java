package dev.loopgate.observe;

import java.io.Closeable;
import java.io.IOException;

/** Where lines go. Used by one thread at a time. */
interface LogSink extends Closeable {

    /** Writes all of it, whole lines, and hands it on at once. */
    void write(byte[] bytes, int length) throws IOException;

    /** As a person would name it. */
    String name();
}
