package dev.loopgate.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.SocketFile;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.model.UpstreamAddress.UnixSocket;
import dev.loopgate.net.BindFailure;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.NativeSockets;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Forwards that listen on a Unix socket. */
@ExtendWith(LeakCheck.class)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its files have no modes")
class UnixForwardTest {

    private final ForwardFixture fixture = new ForwardFixture();

    @TempDir
    Path folder;

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void passes_bytes_and_the_ends_of_both_directions() throws IOException {
        NativeSockets.assumeFor("end one direction of a Unix socket");
        try (TcpPeer upper = TcpPeer.start(wire -> {
            String all = new String(wire.rest(Eventually.LIMIT), StandardCharsets.US_ASCII);
            wire.send(all.toUpperCase(Locale.ROOT));
            wire.finish();
        })) {
            TcpForward forward = fixture.open(rule(upper));
            assertThat(ask("hello ".repeat(100_000)).equals("HELLO ".repeat(100_000)))
                    .isTrue();
            assertThat(forward.status().listening()).hasToString("[" + path() + "]");
            Eventually.until("the connection to be over", () -> forward.status().connections() == 0);
            assertThat(forward.status().bytesToTarget()).isEqualTo(600_000);
            assertThat(forward.status().bytesToClient()).isEqualTo(600_000);
        }
    }

    @Test
    void the_file_is_for_its_owner_unless_the_rule_says_otherwise() throws IOException {
        try (TcpPeer peer = greeting("hello")) {
            TcpForward forward = fixture.open(rule(peer));
            assertThat(mode()).isEqualTo("rw-------");

            forward.change(rule(peer).with(file(0666)));
            Eventually.until("another mode", () -> mode().equals("rw-rw-rw-"));
            assertThat(ask("")).isEqualTo("hello");
        }
    }

    @Test
    void the_file_goes_with_the_forward_and_nothing_is_left_beside_it() throws IOException {
        try (TcpPeer peer = greeting("hello")) {
            TcpForward forward = fixture.open(rule(peer).with(file(0660)));
            assertThat(mode()).isEqualTo("rw-rw----");
            assertThat(files()).containsExactly(path());
            forward.retire(Duration.ZERO).await();
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void takes_the_place_of_a_socket_that_was_left_behind() throws IOException {
        try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            gone.bind(UnixDomainSocketAddress.of(path()));
        }
        assertThat(path()).exists();
        try (TcpPeer peer = greeting("hello")) {
            fixture.open(rule(peer));
            assertThat(ask("")).isEqualTo("hello");
        }
    }

    @Test
    void takes_nothing_away_from_others() throws IOException {
        Files.writeString(path(), "a letter");
        try (TcpPeer peer = greeting("hello")) {
            assertThat(failure(rule(peer)).kind()).isEqualTo(BindFailure.Kind.OTHER);
            assertThat(failure(rule(peer))).hasMessageContaining("unix://" + path(), "no socket is there");
            assertThat(path()).hasContent("a letter");
            Files.delete(path());

            try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                other.bind(UnixDomainSocketAddress.of(path()));
                BindFailure failure = failure(rule(peer));
                assertThat(failure.kind()).isEqualTo(BindFailure.Kind.TAKEN);
                assertThat(failure).hasMessageContaining("another process listens on it");
            }
            assertThat(files()).containsExactly(path());
        }
    }

    @Test
    void says_what_is_missing() {
        try (TcpPeer peer = greeting("hello")) {
            Forward.Tcp nowhere = rule(peer).with(BindAddress.unix(folder + "/none/app.sock"));
            assertThat(failure(nowhere)).hasMessageEndingWith("there is no folder " + folder.resolve("none"));
            Forward.Tcp nobodys =
                    rule(peer).with(new SocketFile(0660, Optional.empty(), Optional.of("no-such-group-here")));
            assertThat(failure(nobodys)).hasMessageEndingWith("there is no group no-such-group-here");
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void one_that_another_has_put_there_meanwhile_stays() throws IOException {
        try (TcpPeer peer = greeting("hello")) {
            TcpForward forward = fixture.open(rule(peer));
            Files.delete(path());
            Files.writeString(path(), "a letter");
            forward.retire(Duration.ZERO).await();
            assertThat(path()).hasContent("a letter");
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "abstract names are Linux's")
    void an_abstract_name_has_no_file() throws IOException {
        NativeSockets.assumeFor("listen on an abstract name");
        String name = "@" + folder.getFileName() + "-" + ProcessHandle.current().pid();
        try (TcpPeer peer = greeting("hello")) {
            TcpForward forward = fixture.open(rule(peer).with(BindAddress.unix(name)));
            TcpForward chained =
                    fixture.open(Forward.Tcp.of(BindAddress.of("127.0.0.1", 0), List.of(new UnixSocket(name))));
            try (Wire client = ForwardFixture.connect(chained)) {
                assertThat(client.rest(Eventually.LIMIT)).asString().isEqualTo("hello");
            }
            assertThat(forward.status().accepted()).isEqualTo(1);
            assertThat(folder).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_target_that_wants_the_client_is_told_that_there_is_none(Forward.ProxyProtocol version) throws IOException {
        NativeSockets.assumeFor("end one direction of a Unix socket");
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.send(wire.rest(Eventually.LIMIT));
            wire.finish();
        })) {
            fixture.open(rule(peer).with(new Forward.Preamble(Optional.of(version), Optional.empty(), List.of())));
            assertThat(ask("hello"))
                    .isEqualTo(
                            version == Forward.ProxyProtocol.V1
                                    ? "PROXY UNKNOWN\r\nhello"
                                    : "\r\n\r\n\0\r\nQUIT\n \0\0\0hello");
        }
    }

    @Test
    void a_proxy_in_front_may_tell_who_the_client_is() throws IOException {
        try (TcpPeer peer = greeting("hello")) {
            TcpForward forward = fixture.open(rule(peer)
                    .with(new Forward.Preamble(Optional.empty(), Optional.of(Access.ALL), List.of()))
                    .with(new Access(List.of(), List.of(Cidr.of(InetAddress.getByName("10.0.0.9"), 32)))));
            assertThat(ask("PROXY TCP4 10.0.0.8 10.0.0.1 4000 80\r\n")).isEqualTo("hello");
            assertThat(ask("PROXY TCP4 10.0.0.9 10.0.0.1 4000 80\r\n")).isEmpty();
            assertThat(forward.status().refused()).isEqualTo(1);
        }
    }

    private static TcpPeer greeting(String text) {
        return TcpPeer.start(wire -> {
            wire.send(text);
            wire.finish();
        });
    }

    private Forward.Tcp rule(TcpPeer peer) {
        return Forward.Tcp.of(BindAddress.unix(path().toString()), List.of(new LoopbackPort(peer.port())));
    }

    private static SocketFile file(int mode) {
        return new SocketFile(mode, Optional.empty(), Optional.empty());
    }

    private BindFailure failure(Forward.Tcp rule) {
        TcpForward forward = new TcpForward(fixture.transport, fixture.tls, rule, fixture);
        Throwable[] failure = new Throwable[1];
        assertThatThrownBy(() -> forward.open().await()).satisfies(thrown -> failure[0] = thrown);
        assertThat(failure[0]).isInstanceOf(BindFailure.class);
        return (BindFailure) failure[0];
    }

    private String ask(String question) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path()));
                InputStream answer = Channels.newInputStream(client)) {
            ByteBuffer bytes = ByteBuffer.wrap(question.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
            if (NativeSockets.available()) {
                client.shutdownOutput();
            }
            return new String(answer.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private Path path() {
        return folder.resolve("app.sock");
    }

    private String mode() {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
