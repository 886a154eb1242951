package dev.loopgate.http;

import dev.loopgate.jmh.InNanoseconds;
import io.netty.buffer.ByteBuf;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A request head from the buffer it came in to field ranges. */
@State(Scope.Thread)
public class HeadParserBenchmark extends InNanoseconds {

    @Param
    SampleHead head = SampleHead.BROWSER;

    private final Head parsed = new Head();
    private final HeadParser parser = new HeadParser(parsed);
    private ByteBuf in = SampleHead.BROWSER.buffer();

    @Setup
    public void choose() {
        in = head.buffer();
    }

    @Benchmark
    public boolean parseRequest() throws MalformedMessage {
        return parser.parseRequest(in);
    }
}
