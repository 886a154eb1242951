package dev.loopgate.http;

import dev.loopgate.net.QuicListener;
import dev.loopgate.net.QuicListening;
import dev.loopgate.net.QuicService;
import dev.loopgate.tls.TlsIdentity;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** HTTP/3 (RFC 9114): certificates by the plan in force, and a {@link Http3ClientConnection} for each connection. */
final class Http3Service implements QuicService {

    private final QuicListening listening;
    private final Map<EventLoop, HttpLoop> loops;
    private final Supplier<HttpPlan> plan;

    Http3Service(QuicListening listening, Map<EventLoop, HttpLoop> loops, Supplier<HttpPlan> plan) {
        this.listening = listening;
        this.loops = loops;
        this.plan = plan;
    }

    /** As {@link QuicListening#listen}. */
    Future<QuicListener> listen(InetSocketAddress address) {
        return listening.listen(address, this);
    }

    @Override
    public Optional<TlsIdentity> identity(String name, InetSocketAddress local) {
        return plan.get().identity(name, local.getAddress());
    }

    @Override
    public void accept(QuicChannel connection, InetSocketAddress local) {
        HttpLoop loop = loops.get(connection.parent().eventLoop());
        if (loop == null) {
            throw new IllegalArgumentException("a channel of another event loop");
        }
        Http3ClientConnection.begin(loop, connection, local);
    }
}
