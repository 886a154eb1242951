package dev.loopgate.observe;

import java.io.IOException;
import java.io.PrintStream;

/** Standard output. It outlives the log and is not closed by it. */
final class TerminalSink implements LogSink {

    private final PrintStream stream;

    TerminalSink(PrintStream stream) {
        this.stream = stream;
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        stream.write(bytes, 0, length);
        if (stream.checkError()) {
            throw new IOException("standard output is closed");
        }
    }

    @Override
    public String name() {
        return "standard output";
    }

    @Override
    public void close() {
        stream.flush();
    }
}
