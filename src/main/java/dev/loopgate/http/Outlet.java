package dev.loopgate.http;

import dev.loopgate.net.QueueBudget;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;

/** Where an exchange writes to: a queue of bytes that a peer takes at its own pace. Belongs to one event loop. */
interface Outlet {

    /** Whether the queue is short enough to be added to. */
    boolean isWritable();

    /** How many bytes are queued. */
    long queued();

    /** Whether anybody is there to take them. */
    boolean isActive();

    void flush();

    /** Runs something once all that is queued now was taken, or never will be. */
    void whenTaken(Runnable then);

    /** One that is a connection and serves nobody else. */
    interface OfChannel extends Outlet {

        Channel channel();

        @Override
        default boolean isWritable() {
            return channel().isWritable();
        }

        @Override
        default long queued() {
            return QueueBudget.queuedIn(channel());
        }

        @Override
        default boolean isActive() {
            return channel().isActive();
        }

        @Override
        default void flush() {
            channel().flush();
        }

        @Override
        default void whenTaken(Runnable then) {
            channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> then.run());
        }
    }
}
