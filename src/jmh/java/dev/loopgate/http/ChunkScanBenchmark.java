package dev.loopgate.http;

import dev.loopgate.jmh.InNanoseconds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The framing of a chunked body of 64 KiB, in chunks as a template engine, a server and a file make them. */
@State(Scope.Thread)
public class ChunkScanBenchmark extends InNanoseconds {

    private static final int BODY = 64 * 1024;

    @Param({"64", "4096", "65536"})
    int chunk = 4096;

    private ByteBuf body = Unpooled.EMPTY_BUFFER;

    @Setup
    public void write() {
        body = Unpooled.directBuffer(2 * BODY);
        byte[] size = (Integer.toHexString(chunk) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        for (int written = 0; written < BODY; written += chunk) {
            body.writeBytes(size).writeZero(chunk).writeByte('\r').writeByte('\n');
        }
        body.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Benchmark
    public boolean scan() throws MalformedMessage {
        body.readerIndex(0);
        ChunkScanner scanner = new ChunkScanner(FailureCode.BAD_RESPONSE);
        scanner.scan(body, null);
        return scanner.complete();
    }
}
