package dev.loopgate.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's epoll transport, with one fault of netty 4.2.17 mended: a channel that waits for nothing, as one does whose
 * peer has sent FIN, is taken out of epoll but still counts as being in it. When it waits for something again, for
 * room to write the rest of a large answer, epoll_ctl fails with ENOENT and the answer is cut off. Here such a channel
 * is registered anew.
 */
final class EpollRearmed extends EpollTransport {

    static boolean available() {
        return Epoll.isAvailable();
    }

    /** To build a Vert.x with, where it is {@link #available()}. */
    static Transport forVertx() {
        EpollRearmed epoll = new EpollRearmed();
        return new Transport() {
            @Override
            public String name() {
                return "epoll";
            }

            @Override
            public boolean available() {
                return epoll.isAvailable();
            }

            @Override
            public @Nullable Throwable unavailabilityCause() {
                return epoll.unavailabilityCause();
            }

            @Override
            public io.vertx.core.spi.transport.Transport implementation() {
                return epoll;
            }
        };
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        IoHandlerFactory plain = super.ioHandlerFactory();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new Handler(plain.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return plain.isChangingThreadSupported();
            }
        };
    }

    private record Handler(IoHandler epoll) implements IoHandler {

        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return epoll.run(context);
        }

        @Override
        public void prepareToDestroy() {
            epoll.prepareToDestroy();
        }

        @Override
        public void destroy() {
            epoll.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return new Registration(epoll, handle);
        }

        @Override
        public void wakeup() {
            epoll.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return epoll.isCompatible(handleType);
        }
    }

    private static final class Registration implements IoRegistration {

        private final IoHandler epoll;
        private final IoHandle handle;
        private IoRegistration current;
        /** Nothing is waited for: {@link #current} is cancelled, and there will be another. */
        private boolean removed;

        private boolean over;

        Registration(IoHandler epoll, IoHandle handle) throws Exception {
            this.epoll = epoll;
            this.handle = handle;
            this.current = epoll.register(handle);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as the interface has it
        public <T> @Nullable T attachment() {
            return current.attachment();
        }

        @Override
        public synchronized long submit(IoOps ops) {
            if (((EpollIoOps) ops).value() == EpollIoOps.NONE.value()) {
                // What netty would take out of epoll and keep, it would take out again once it closes: an exception
                // each time.
                removed = removed || current.cancel();
                return 0;
            }
            if (removed && !over) {
                current = registerAgain();
                removed = false;
            }
            return current.submit(ops);
        }

        private IoRegistration registerAgain() {
            try {
                return epoll.register(handle);
            } catch (Exception e) {
                throw new IllegalStateException("epoll does not take a channel back", e);
            }
        }

        @Override
        public synchronized boolean isValid() {
            return !over && (removed || current.isValid());
        }

        @Override
        public synchronized boolean cancel() {
            boolean first = !over;
            over = true;
            return removed ? first : current.cancel();
        }
    }
}
