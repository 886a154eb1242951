package dev.loopgate.http;

import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.Sites;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A GET of 1 KiB over a kept connection through the whole gateway and back, over loopback. The time is mostly the
 * kernel's; what counts is {@code bytesPerRequest}, the bytes that the gateway's own threads allocate for it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "-XX:+UseSerialGC",
            "-Dio.netty.leakDetection.level=disabled",
            "-Dio.netty.jfr.enabled=false",
            "-Dvertx.disableDnsResolver=true"
        })
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 1, time = 3)
public class RequestPathBenchmark {

    @Param
    SampleHead head = SampleHead.BROWSER;

    private final PlainBackend backend = new PlainBackend();
    private @Nullable RunningGateway gateway;
    private ByteBuffer request = ByteBuffer.allocate(0);
    private final ByteBuffer response = ByteBuffer.allocateDirect(8 * 1024);
    private @Nullable SocketChannel client;

    @Setup(Level.Trial)
    public void open() throws IOException {
        gateway = RunningGateway.start(Sites.of(Sites.proxy("*", backend.start())));
        byte[] text = head.text().replace("close, ", "").getBytes(StandardCharsets.US_ASCII);
        request = ByteBuffer.allocateDirect(text.length).put(text);
        client = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        if (client != null) {
            client.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        backend.close();
    }

    @Benchmark
    public int get(EventLoopAllocation allocation) throws IOException {
        SocketChannel open = client;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        open.write(request.flip());
        response.clear();
        while (response.position() < PlainBackend.BODY || response.get(response.position() - 1) != PlainBackend.LAST) {
            if (open.read(response) < 0) {
                throw new IOException("the gateway closed the connection");
            }
        }
        allocation.request();
        return response.position();
    }
}
