package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Forward.SocketFile;
import dev.loopgate.testkit.NativeSockets;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The file of a Unix socket, in a folder that somebody else may write to. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its files have no modes")
class SocketPathTest {

    private static final SocketFile FOR_ALL = new SocketFile(0666, Optional.empty(), Optional.empty());

    @TempDir
    Path folder;

    private Path secret() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "nobody's business");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        return secret;
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void a_link_in_its_place_before_it_is_published_opens_no_other_file() throws Exception {
        Path secret = secret();
        SocketPath path = new SocketPath(folder.resolve("app.sock").toString(), FOR_ALL);
        Files.createSymbolicLink(path.prepare(), secret);
        assertThatThrownBy(path::publish).isInstanceOf(BindFailure.class).hasMessageContaining("was put in the place");
        assertThat(mode(secret)).isEqualTo("rw-------");
        path.remove();
        assertThat(folder).isDirectoryContaining(secret::equals);
        assertThat(folder.toFile().list()).hasSize(1);
    }

    @Test
    void a_link_to_another_socket_is_no_socket_either() throws Exception {
        Path other = folder.resolve("other.sock");
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(other));
            String before = mode(other);
            SocketPath path = new SocketPath(folder.resolve("app.sock").toString(), FOR_ALL);
            Files.createSymbolicLink(path.prepare(), other);
            assertThatThrownBy(path::publish).isInstanceOf(BindFailure.class);
            assertThat(mode(other)).isEqualTo(before);
        }
    }

    @Test
    void another_mode_is_for_the_socket_itself_and_the_last_that_was_asked_for() throws Exception {
        Path place = folder.resolve("app.sock");
        SocketPath path = new SocketPath(place.toString(), FOR_ALL);
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(path.prepare()));
            path.publish();
            assertThat(mode(place)).isEqualTo("rw-rw-rw-");
            path.open(new SocketFile(0660, Optional.empty(), Optional.empty()));
            path.open(new SocketFile(0640, Optional.empty(), Optional.empty()));
            path.permit();
            path.permit();
            assertThat(mode(place)).isEqualTo("rw-r-----");

            Path secret = secret();
            Files.delete(place);
            Files.createSymbolicLink(place, secret);
            path.open(FOR_ALL);
            path.permit();
            assertThat(mode(secret)).isEqualTo("rw-------");
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the umask has to do")
    void is_its_owners_alone_from_the_moment_it_is_bound() throws Exception {
        NativeSockets.assumeFor("bind with a mode");
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            Path place = folder.resolve("app.sock");
            ServerChannel channel = SocketKind.EPOLL.unixServer();
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
            HeldFile.bindForItsOwner(channel);
            loops.register(channel).sync();
            Channel bound =
                    channel.bind(SocketKind.EPOLL.unix(place.toString())).sync().channel();
            assertThat(mode(place)).isEqualTo("rw-------");
            bound.close().sync();
        } finally {
            loops.shutdownGracefully().sync();
        }
    }
}
