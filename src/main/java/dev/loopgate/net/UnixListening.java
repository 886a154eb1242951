package dev.loopgate.net;

import dev.loopgate.model.Forward.SocketFile;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on Unix sockets; their files are seen to on a worker. Any thread. */
public final class UnixListening {

    private static final Logger LOG = LoggerFactory.getLogger(UnixListening.class);

    private final Transport transport;
    private final SocketKind kind;
    private final Executor workers;
    private final Map<String, SocketPath> files = new ConcurrentHashMap<>();

    UnixListening(Transport transport, SocketKind kind, Executor workers) {
        this.transport = transport;
        this.kind = kind;
        this.workers = workers;
    }

    /**
     * As {@link Transport#listen}.
     *
     * @param path absolute, or an abstract name of Linux behind {@code @}
     * @param access who may connect; to an abstract one everybody may
     * @return fails with {@link BindFailure}
     */
    public Future<Listener> listen(String path, SocketFile access, Consumer<Channel> onAccept) {
        return (path.startsWith("@") ? listenAbstract(path, onAccept) : listenFile(path, access, onAccept))
                .onSuccess(Listener::accept);
    }

    private Future<Listener> listenAbstract(String name, Consumer<Channel> onAccept) {
        SocketAddress address = SocketPath.address(name);
        SocketAddress bound;
        try {
            bound = kind.unix(name);
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(
                    new BindFailure(BindFailure.Kind.OTHER, address, String.valueOf(e.getMessage())));
        }
        ServerChannel channel = kind.unixServer();
        return transport
                .open(channel, bound, () -> address, onAccept)
                .<Listener>map(opened -> new ChannelListener(channel, address, Future::succeededFuture))
                .recover(failure -> Future.failedFuture(new BindFailure(address, failure)));
    }

    private Future<Listener> listenFile(String path, SocketFile access, Consumer<Channel> onAccept) {
        SocketPath file = new SocketPath(path, access);
        return onWorker(file::prepare)
                .compose(aside -> bind(file, aside.toString(), onAccept))
                .compose(channel -> onWorker(() -> {
                            file.publish();
                            return listener(path, file, channel);
                        })
                        .recover(failure -> new ChannelListener(channel, file.address(), () -> remove(file))
                                .close()
                                .compose(closed -> Future.failedFuture(failure))));
    }

    private Future<ServerChannel> bind(SocketPath file, String aside, Consumer<Channel> onAccept) {
        ServerChannel channel = kind.unixServer();
        HeldFile.bindForItsOwner(channel);
        return transport
                .open(channel, kind.unix(aside), file::address, onAccept)
                .map(channel)
                .recover(failure -> Future.failedFuture(new BindFailure(file.address(), failure)));
    }

    private Listener listener(String path, SocketPath file, ServerChannel channel) {
        files.put(path, file);
        return new ChannelListener(channel, file.address(), () -> {
            files.remove(path, file);
            return remove(file);
        });
    }

    private Future<Void> remove(SocketPath file) {
        return onWorker(() -> {
            file.remove();
            return null;
        });
    }

    /** Gives the file of a socket that is listened on another mode and owner; says so where that is not possible. */
    public void permit(String path, SocketFile access) {
        SocketPath file = files.get(path);
        if (file != null) {
            file.open(access);
            onWorker(() -> {
                        file.permit();
                        return null;
                    })
                    .onFailure(failure -> LOG.warn(
                            "{} is open to whom it was before: {}",
                            Addresses.text(file.address()),
                            failure instanceof BindFailure known ? known.reason() : failure.getMessage()));
        }
    }

    private <T> Future<T> onWorker(Callable<T> task) {
        Promise<T> promise = Promise.promise();
        workers.execute(() -> {
            try {
                promise.complete(task.call());
            } catch (Exception e) {
                promise.fail(e);
            }
        });
        return promise.future();
    }
}
