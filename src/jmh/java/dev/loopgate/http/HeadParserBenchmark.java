package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A request head from the buffer it came in to field ranges. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class HeadParserBenchmark {

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
