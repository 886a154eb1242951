package dev.loopgate.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.gateway.AttachedProject;
import dev.loopgate.gateway.GatewayStatus;
import dev.loopgate.gateway.NetworkChange;
import dev.loopgate.gateway.ReloadReport;
import dev.loopgate.gateway.ReloadReport.Outcome;
import dev.loopgate.testkit.Eventually;
import java.io.IOException;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try")
class ControlSocketTest {

    private static final AttachRequest PROJECT = new AttachRequest(
            "shop", Optional.of(Path.of("/shop.yaml")), Optional.empty(), Map.of("PORT", "1"), true, 7);

    // Not JUnit's: the name of a Unix socket has to be short.
    private Path folder = Path.of("");
    private ControlDirectory directory = ControlDirectory.at(folder);

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("lg");
        directory = ControlDirectory.at(folder.resolve("run"));
    }

    @AfterEach
    void removeFolder() throws IOException {
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void client_gets_the_status_and_the_report_of_a_reload() throws IOException {
        try (ControlServer server = ControlServer.open(directory, new Commands(4711, Outcome.APPLIED))) {
            ControlClient client = new ControlClient(directory);
            RunningGateway gateway = client.running().get(0);
            assertThat(gateway.pid()).isEqualTo(4711);
            assertThat(gateway.file()).contains(Path.of("/etc/loopgate.yaml"));
            assertThat(gateway.status().getJsonArray("hosts").getJsonObject(0).getString("url"))
                    .isEqualTo("http://app.localhost:62893/");
            assertThat(client.attached(gateway, ControlClient.STATUS)).containsExactly(PROJECT);
            assertThat(client.reload(gateway).getString("text")).isEqualTo("+1 ~2 -3, 4 connections kept");
        }
        assertThat(new ControlClient(directory).running()).isEmpty();
        assertThat(directory.sockets()).isEmpty();
    }

    @Test
    void several_gateways_have_a_socket_each() throws IOException {
        try (ControlServer one = ControlServer.open(directory, new Commands(2, Outcome.APPLIED));
                ControlServer two = ControlServer.open(directory, new Commands(1, Outcome.APPLIED))) {
            assertThat(new ControlClient(directory).running())
                    .extracting(RunningGateway::pid)
                    .containsExactly(1L, 2L);
        }
    }

    @Test
    void a_gateway_is_found_by_its_process_and_a_stopped_one_keeps_nobody_waiting() throws IOException {
        long own = ProcessHandle.current().pid();
        try (ControlServer server = ControlServer.open(directory, new Commands(own, Outcome.APPLIED))) {
            assertThat(new ControlClient(directory).ofProcess(own))
                    .map(RunningGateway::pid)
                    .contains(own);
            assertThat(new ControlClient(directory).ofProcess(own + 1)).isEmpty();
        }
        try (ServerSocketChannel stopped = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stopped.bind(UnixDomainSocketAddress.of(directory.socketOf(17, 0)));
            assertThat(assertTimeoutPreemptively(
                            Duration.ofSeconds(4), () -> new ControlClient(directory).ofProcess(17)))
                    .isEmpty();
        }
    }

    @Test
    void nobody_else_can_reach_the_socket() throws IOException {
        Files.createDirectory(folder.resolve("run"));
        Files.setPosixFilePermissions(folder.resolve("run"), PosixFilePermissions.fromString("rwxrwxrwx"));
        try (ControlServer server = ControlServer.open(directory, new Commands(1, Outcome.APPLIED))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("run"))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void what_a_dead_gateway_left_is_removed() throws IOException {
        directory.prepare();
        Path stale = directory.socketOf(999_999, 0);
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(stale));
        dead.close();
        assertThat(new ControlClient(directory).look(Duration.ofSeconds(15)).silent())
                .containsExactly(new ControlClient.SilentSocket(stale, true));
        assertThat(stale).exists();
        assertThat(new ControlClient(directory).running()).isEmpty();
        assertThat(stale).doesNotExist();
    }

    @Test
    void a_client_that_says_nonsense_or_nothing_holds_up_nobody() throws IOException {
        try (ControlServer server = ControlServer.open(directory, new Commands(1, Outcome.APPLIED));
                SocketChannel silent = connect()) {
            assertThat(say("{\"command\":\"dance\"}\n"))
                    .contains("\"ok\":false")
                    .contains("unknown command dance");
            assertThat(say("GET / HTTP/1.1\r\n")).contains("\"ok\":false");
            try (SocketChannel flood = connect()) {
                flood.write(ByteBuffer.wrap(new byte[20_000]));
            }
            assertThat(new ControlClient(directory).running()).hasSize(1);
            assertThat(silent.isConnected()).isTrue();
        }
    }

    @Test
    void a_line_that_is_too_long_comes_in_pieces_and_loses_nothing() throws IOException {
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("s")));
                    ControlLine line = new ControlLine(listening.accept(), 4)) {
                client.write(ByteBuffer.wrap("123456789\nabcd\n".getBytes(StandardCharsets.UTF_8)));
                client.close();
                for (String piece : List.of("1234", "5678", "9", "abcd")) {
                    assertThat(line.read(Duration.ofSeconds(30))).isEqualTo(piece);
                }
                assertThat(line.read(Duration.ofSeconds(30))).isNull();
            }
        }
    }

    @Test
    void a_link_in_the_folder_is_nobodys_socket() throws IOException {
        try (ControlServer server = ControlServer.open(directory, new Commands(1, Outcome.APPLIED))) {
            Path link = folder.resolve("run/2.sock");
            Files.createSymbolicLink(link, directory.sockets().get(0));
            assertThat(new ControlClient(directory).running()).hasSize(1);
            Path elsewhere = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("run"));
            assertThat(ControlDirectory.at(elsewhere).sockets()).isEmpty();
        }
    }

    @Test
    void a_reload_that_fails_gives_its_cause() throws IOException {
        ControlCommands broken = new Commands(1, Outcome.APPLIED) {
            @Override
            public CompletionStage<ReloadReport> reload() {
                return CompletableFuture.failedFuture(new IllegalStateException("no way"));
            }
        };
        try (ControlServer server = ControlServer.open(directory, broken)) {
            ControlClient client = new ControlClient(directory);
            assertThatThrownBy(() -> client.reload(client.running().get(0))).hasMessageContaining("no way");
        }
    }

    @Test
    void the_folder_follows_the_environment() {
        assertThat(from(Map.of("XDG_RUNTIME_DIR", "/run/user/1", "HOME", "/home/a")))
                .isEqualTo("/run/user/1/loopgate");
        assertThat(from(Map.of("XDG_STATE_HOME", "/s", "HOME", "/home/a"))).isEqualTo("/s/loopgate/run");
        assertThat(from(Map.of("XDG_RUNTIME_DIR", "relative", "HOME", "/home/a")))
                .isEqualTo("/home/a/.local/state/loopgate/run");
        assertThat(ControlDirectory.from(name -> null)).isEmpty();
    }

    private static String from(Map<String, String> environment) {
        return ControlDirectory.from(environment::get).orElseThrow().toString();
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(directory.sockets().get(0)));
    }

    private String say(String text) throws IOException {
        Eventually.until("a socket", () -> !directory.sockets().isEmpty());
        try (SocketChannel channel = connect()) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static class Commands implements ControlCommands {
        @Override
        public List<AttachRequest> attached() {
            return List.of(PROJECT);
        }

        @Override
        public CompletionStage<AttachedProject> attach(AttachRequest request, AttachedProject.Listener listener) {
            return CompletableFuture.failedFuture(new IllegalStateException("attaches nothing"));
        }

        private final long pid;
        private final Outcome outcome;

        Commands(long pid, Outcome outcome) {
            this.pid = pid;
            this.outcome = outcome;
        }

        @Override
        public GatewayStatus status() {
            return new GatewayStatus(
                    "0.1.0",
                    pid,
                    Optional.of(Path.of("/etc/loopgate.yaml")),
                    Instant.EPOCH,
                    List.of(new GatewayStatus.Listening("127.0.0.1:62893", false)),
                    Optional.empty(),
                    List.of(new GatewayStatus.Host(
                            "app.localhost",
                            Optional.of("http://app.localhost:62893/"),
                            List.of(new GatewayStatus.RouteState("/", "http://localhost:3000")))),
                    List.of(),
                    0,
                    0,
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    List.of(new GatewayStatus.Attached(
                            "shop", PROJECT.file(), 7, List.of("shop.localhost"), List.of())));
        }

        @Override
        public CompletionStage<ReloadReport> reload() {
            return CompletableFuture.completedFuture(
                    new ReloadReport(Instant.EPOCH, outcome, 1, 2, 3, 4, NetworkChange.NONE, List.of(), List.of()));
        }
    }
}
