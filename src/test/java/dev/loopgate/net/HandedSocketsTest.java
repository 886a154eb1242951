package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandedSocketsTest {

    private final List<FileDescriptor> opened = new ArrayList<>();

    @BeforeEach
    void needEpoll() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "only epoll takes descriptors");
    }

    @AfterEach
    void close() throws IOException {
        for (FileDescriptor each : opened) {
            each.close();
        }
    }

    @Test
    void a_socket_stands_in_for_its_very_address_and_again_once_that_was_closed() throws IOException {
        Socket socket = bound(Socket.newSocketStream());
        socket.listen(16);
        HandedSockets handed = handed(socket);
        InetSocketAddress address = socket.localAddress();
        assertThat(handed.server(new InetSocketAddress("127.0.0.2", address.getPort())))
                .isNull();
        assertThat(handed.datagrams(address)).isNull();
        assertThat(handed.unasked()).hasSize(1);

        ServerChannel first = Objects.requireNonNull(handed.server(address));
        assertThat(first.localAddress()).isEqualTo(address);
        assertThat(handed.server(address)).isNull();
        end(first);
        end(Objects.requireNonNull(handed.server(address)));
        assertThat(handed.unasked()).isEmpty();
    }

    @Test
    void a_socket_of_udp_stands_in_for_one_of_udp() throws IOException {
        Socket socket = bound(Socket.newSocketDgram());
        HandedSockets handed = handed(socket);
        assertThat(handed.server(socket.localAddress())).isNull();
        end(Objects.requireNonNull(handed.datagrams(socket.localAddress())));
        assertThat(handed.unasked()).isEmpty();
    }

    @Test
    void what_is_no_use_is_named_with_the_reason() throws IOException {
        assertThat(handed(bound(Socket.newSocketStream())).unasked())
                .singleElement()
                .asString()
                .contains("does not listen");
        assertThat(handed(opened(Socket.newSocketDomain())).unasked())
                .singleElement()
                .asString()
                .contains("a socket of neither TCP nor UDP");
        FileDescriptor[] pipe = FileDescriptor.pipe();
        opened.addAll(List.of(pipe));
        assertThat(handed(pipe[0]).unasked()).singleElement().asString().contains("is no socket");
        assertThat(HandedSockets.of(SocketKind.NIO, 3, 2).unasked())
                .singleElement()
                .asString()
                .contains("LISTEN_FDS=2");
    }

    @Test
    void variables_that_are_for_another_process_or_no_number_hand_nothing_over() {
        String own = Long.toString(ProcessHandle.current().pid());
        assertThat(HandedSockets.of(SocketKind.EPOLL, Map.of("LISTEN_PID", own + "0", "LISTEN_FDS", "1")::get)
                        .unasked())
                .isEmpty();
        assertThat(HandedSockets.of(SocketKind.EPOLL, Map.of("LISTEN_PID", own, "LISTEN_FDS", "some")::get)
                        .unasked())
                .isEmpty();
    }

    private static HandedSockets handed(FileDescriptor descriptor) {
        return HandedSockets.of(SocketKind.EPOLL, descriptor.intValue(), 1);
    }

    /** As a listener does: on an event loop. */
    private static void end(Channel channel) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            loops.register(channel).syncUninterruptibly();
            channel.close().syncUninterruptibly();
        } finally {
            loops.shutdownGracefully(0, 20, TimeUnit.SECONDS);
        }
    }

    private Socket bound(Socket socket) throws IOException {
        opened(socket).bind(new InetSocketAddress(Addresses.LOOPBACK4, 0));
        return socket;
    }

    private Socket opened(Socket socket) {
        opened.add(socket);
        return socket;
    }
}
