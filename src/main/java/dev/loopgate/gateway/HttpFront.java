package dev.loopgate.gateway;

import dev.loopgate.http.BuiltinUpstreams;
import dev.loopgate.http.HttpGateway;
import dev.loopgate.http.HttpPlan;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Target;
import dev.loopgate.net.Listener;
import dev.loopgate.net.QuicListener;
import dev.loopgate.net.QuicListening;
import dev.loopgate.net.Transport;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The HTTP side of the gateway, as its life cycle sees it. Any thread. */
interface HttpFront {

    /**
     * Does whatever can fail. Blocks.
     *
     * @return puts it in force, at once and for good
     */
    Runnable compile(Configuration configuration);

    /** Binds one more address; its connections wait until the listener is told to accept. */
    Future<Listener> bind(InetSocketAddress address);

    /** Why there can be no HTTP/3 here, as a clause; empty where there can. Blocks. */
    Optional<String> lackingHttp3();

    /** Listens for HTTP/3 on an address of UDP that is no wildcard. Blocks. */
    Future<QuicListener> bindHttp3(InetSocketAddress address);

    /** Tells clients that come to these addresses over TLS that HTTP/3 is to be had there. */
    void announceHttp3(Set<InetSocketAddress> addresses);

    /** Client connections that are open. */
    int connections();

    /** Since the start. */
    long requests();

    /** Lets each connection finish its exchange, and closes it then. */
    void drain();

    /** Closes every connection. */
    void close();

    static HttpFront of(Transport transport, HttpGateway http, BuiltinUpstreams builtin) {
        return new HttpFront() {
            @Override
            public Runnable compile(Configuration configuration) {
                HttpPlan plan = http.compile(configuration, builtin);
                return () -> {
                    http.install(plan);
                    builtin.keepOnly(folders(configuration));
                };
            }

            @Override
            public Future<Listener> bind(InetSocketAddress address) {
                return transport.bind(address, http::accept);
            }

            @Override
            public Optional<String> lackingHttp3() {
                return QuicListening.lacking();
            }

            @Override
            public Future<QuicListener> bindHttp3(InetSocketAddress address) {
                return http.listenHttp3(address);
            }

            @Override
            public void announceHttp3(Set<InetSocketAddress> addresses) {
                http.announceHttp3(addresses);
            }

            @Override
            public int connections() {
                return http.connections();
            }

            @Override
            public long requests() {
                return http.requests();
            }

            @Override
            public void drain() {
                http.drain();
            }

            @Override
            public void close() {
                http.close();
            }
        };
    }

    private static Set<Target.Files> folders(Configuration configuration) {
        return configuration.hosts().stream()
                .flatMap(host -> host.routes().stream())
                .flatMap(route -> route.target() instanceof Target.Files files ? Stream.of(files) : Stream.empty())
                .collect(Collectors.toSet());
    }
}
