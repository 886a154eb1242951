package dev.loopgate.net;

import io.netty.channel.Channel;
import io.netty.channel.FileRegion;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes of one connection to another within the kernel, through a pipe: they are never copied into this process.
 * Worth its two descriptors for bulk only. Belongs to the event loop of both channels.
 *
 * <p>netty's own {@code spliceTo} loses the end of a stream whose sender closes; here each read of the source first takes
 * what it can into the pipe, and a {@link FileRegion} among the sink's writes gives it away, so that the end, an error and
 * the order of what is written are netty's to see as ever.
 */
public final class Splice {

    /** For everything: {@code off} has all bytes copied. */
    static final String PROPERTY = "loopgate.splice";

    /** What a pipe holds unless it is asked for more. */
    private static final int PIPE_BYTES = 1 << 20;

    /** So that one connection does not keep its event loop to itself. */
    private static final int ROUNDS = 16;

    private final AbstractEpollStreamChannel source;
    private final AbstractEpollStreamChannel sink;
    private final Pipe pipe;
    private final Runnable drained;
    /** Bytes that wait in the pipe. */
    private long held;

    private boolean stalled;
    private boolean closed;

    private Splice(AbstractEpollStreamChannel source, AbstractEpollStreamChannel sink, Pipe pipe, Runnable drained) {
        this.source = source;
        this.sink = sink;
        this.pipe = pipe;
        this.drained = drained;
    }

    /**
     * Null where the system cannot splice these two, or has no descriptors left for it.
     *
     * @param drained run once the sink has taken what {@link #waiting() waited} for it
     */
    public static @Nullable Splice between(Channel source, Channel sink, Runnable drained) {
        if (!(source instanceof AbstractEpollStreamChannel from)
                || !(sink instanceof AbstractEpollStreamChannel to)
                || TlsTermination.isOn(source)
                || TlsTermination.isOn(sink)
                || "off".equals(System.getProperty(PROPERTY))) {
            return null;
        }
        try {
            return new Splice(from, to, new Pipe(FileDescriptor.pipe()), drained);
        } catch (IOException noDescriptors) {
            return null;
        }
    }

    /**
     * Moves what the source has, as far as the sink takes it.
     *
     * @param most never more bytes than this
     * @return how many bytes were taken from the source
     * @throws IOException where the source has failed; a failure of the sink is told by its own write
     */
    public long move(long most) throws IOException {
        long taken = 0;
        for (int i = 0; i < ROUNDS && taken < most && !closed && source.isOpen() && held == 0; i++) {
            int now = Native.splice(source.fd().intValue(), -1, pipe.in(), -1, Math.min(PIPE_BYTES, most - taken));
            if (now <= 0) {
                break;
            }
            taken += now;
            held = now;
            sink.writeAndFlush(new Region(now), sink.voidPromise());
        }
        stalled = held > 0;
        return taken;
    }

    /** Whether some of what was taken waits for the sink. */
    public boolean waiting() {
        return held > 0;
    }

    /** Nothing is moved any more; what waits for the sink still reaches it. */
    public void close() {
        if (!closed) {
            closed = true;
            pipe.release();
        }
    }

    /** Both ends of a pipe, closed once the splice is over and no region needs them. */
    private static final class Pipe extends AbstractReferenceCounted {

        private final FileDescriptor out;
        private final FileDescriptor in;

        Pipe(FileDescriptor[] ends) {
            this.out = ends[0];
            this.in = ends[1];
        }

        int in() {
            return in.intValue();
        }

        int out() {
            return out.intValue();
        }

        @Override
        protected void deallocate() {
            for (FileDescriptor end : new FileDescriptor[] {in, out}) {
                try {
                    end.close();
                } catch (IOException e) {
                    throw new IllegalStateException("a pipe does not close", e);
                }
            }
        }

        @Override
        public Pipe touch(Object hint) {
            return this;
        }
    }

    /** Bytes of the pipe, on their way into the sink. */
    private final class Region extends AbstractReferenceCounted implements FileRegion {

        private final long count;
        private long transferred;

        Region(long count) {
            this.count = count;
            pipe.retain();
        }

        @Override
        public long transferTo(WritableByteChannel ignored, long position) throws IOException {
            int now = Native.splice(pipe.out(), -1, sink.fd().intValue(), -1, count - transferred);
            transferred += now;
            held -= now;
            if (stalled && held == 0) {
                stalled = false;
                drained.run();
            }
            return now;
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        @Deprecated
        public long transfered() {
            return transferred;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        protected void deallocate() {
            pipe.release();
        }

        @Override
        public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override
        public FileRegion retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public FileRegion touch() {
            return this;
        }

        @Override
        public FileRegion touch(Object hint) {
            return this;
        }
    }
}
