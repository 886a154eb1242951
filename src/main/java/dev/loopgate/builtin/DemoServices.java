package dev.loopgate.builtin;

import dev.loopgate.net.Transport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Sample services for {@code loopgate demo}, on free loopback ports: a page that shows the request as it arrived,
 * server-sent events, a WebSocket echo, and an echo over TCP and UDP.
 */
public final class DemoServices {

    private static final List<String> SITE = List.of("index.html", "about/index.html", "site.css", "notes.txt");

    private final DemoWeb web;
    private final DemoEcho echo;
    private final int tcpPort;
    private final int udpPort;
    private final SocketChannel down;

    private DemoServices(DemoWeb web, DemoEcho echo, int tcpPort, int udpPort, SocketChannel down) {
        this.web = web;
        this.echo = echo;
        this.tcpPort = tcpPort;
        this.udpPort = udpPort;
        this.down = down;
    }

    /** Starts them all; fails where a port cannot be had. */
    public static Future<DemoServices> start(Vertx vertx) {
        DemoWeb web = new DemoWeb(vertx);
        DemoEcho echo = new DemoEcho(new Transport(vertx));
        return web.listen()
                .compose(listening -> Future.all(echo.listenTcp(), echo.listenUdp()))
                .compose(ports -> vertx.executeBlocking(
                        () -> new DemoServices(web, echo, ports.resultAt(0), ports.resultAt(1), deadEnd())))
                .recover(
                        failure -> web.close().eventually(echo::close).compose(closed -> Future.failedFuture(failure)));
    }

    /** Answers {@code /}, {@code /request} and {@code /events}, and a WebSocket at any path. */
    public int httpPort() {
        return web.port();
    }

    public int tcpPort() {
        return tcpPort;
    }

    public int udpPort() {
        return udpPort;
    }

    /** A port of 127.0.0.1 that refuses connections, and that nobody else can have meanwhile. */
    public int downPort() {
        return portOf(down);
    }

    /** Writes a sample site into a folder. Blocks. */
    public static void writeSite(Path folder) throws IOException {
        for (String name : SITE) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.resolveSibling(""));
            try (InputStream in = DemoServices.class.getResourceAsStream("site/" + name)) {
                if (in == null) {
                    throw new IllegalStateException("missing from the jar: site/" + name);
                }
                Files.copy(in, file);
            }
        }
    }

    /** Ends them; connections that are open are closed. */
    public Future<Void> close() {
        try {
            down.close();
        } catch (IOException e) {
            return web.close().eventually(echo::close).compose(closed -> Future.failedFuture(e));
        }
        return web.close().eventually(echo::close);
    }

    /** Taken, but not listened on. */
    private static SocketChannel deadEnd() throws IOException {
        return SocketChannel.open().bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
    }

    private static int portOf(SocketChannel channel) {
        try {
            return ((InetSocketAddress) channel.getLocalAddress()).getPort();
        } catch (IOException e) {
            throw new IllegalStateException("the demo is over", e);
        }
    }
}
