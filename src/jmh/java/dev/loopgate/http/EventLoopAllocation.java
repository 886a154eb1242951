package dev.loopgate.http;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Objects;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Bytes of heap that the gateway's event loops allocate per request, which the client and the backend in the same process
 * do not blur. For one iteration of measurement: of several, JMH would tell the sum.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class EventLoopAllocation {

    /** What JMH reports. */
    public double bytesPerRequest;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long before;
    private long requests;

    @Setup(Level.Iteration)
    public void begin() {
        requests = 0;
        before = allocated();
    }

    @TearDown(Level.Iteration)
    public void end() {
        bytesPerRequest = (allocated() - before) / (double) requests;
    }

    void request() {
        requests++;
    }

    private long allocated() {
        long[] loops = Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(Objects::nonNull)
                .filter(thread -> thread.getThreadName().startsWith("vert.x-eventloop-thread"))
                .mapToLong(thread -> thread.getThreadId())
                .toArray();
        if (loops.length == 0) {
            throw new IllegalStateException("the gateway has no event loop");
        }
        return Arrays.stream(threads.getThreadAllocatedBytes(loops)).sum();
    }
}
