package dev.loopgate.net;

import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Knows whether a client still wants what is sent on a stream of QUIC. That it does not (STOP_SENDING, RFC 9000 §3.5) netty
 * tells only to who has something queued at that very moment; what is written afterwards it queues for ever. So quiche has
 * to be asked, by a method of netty's that is not public.
 */
public final class StoppedStreams {

    /** {@code long streamCapacity(long)} of netty's channel, less than zero for a stream that takes nothing any more. */
    private static final @Nullable MethodHandle CAPACITY = capacity();

    private StoppedStreams() {}

    private static @Nullable MethodHandle capacity() {
        try {
            Class<?> channel = Class.forName("io.netty.handler.codec.quic.QuicheQuicChannel");
            return MethodHandles.privateLookupIn(channel, MethodHandles.lookup())
                    .findVirtual(channel, "streamCapacity", MethodType.methodType(long.class, long.class))
                    .asType(MethodType.methodType(long.class, QuicChannel.class, long.class));
        } catch (ReflectiveOperationException | RuntimeException missing) {
            LoggerFactory.getLogger(StoppedStreams.class)
                    .warn("clients of HTTP/3 that give up are not noticed with this version of netty: {}", missing);
            return null;
        }
    }

    /** On the stream's event loop, for one whose end was not sent. */
    public static boolean contains(QuicStreamChannel stream) {
        MethodHandle asked = CAPACITY;
        if (asked == null || !stream.parent().isActive()) {
            return false;
        }
        try {
            return (long) asked.invokeExact(stream.parent(), stream.streamId()) < 0;
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable checked) {
            throw new IllegalStateException(checked);
        }
    }
}
