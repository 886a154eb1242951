package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.RunningProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that fail, or nearly, and what their user reads. */
class StartProblemIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path home;

    private int port;

    @BeforeEach
    void choosePort() {
        try (ClosedPort free = new ClosedPort()) {
            port = free.port();
        }
    }

    @Test
    void a_port_that_is_taken_is_told_with_its_holder_and_ends_with_4() throws IOException {
        try (ServerSocket holder = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Outcome run = run("listen: 127.0.0.1:" + holder.getLocalPort() + "\n");
            assertThat(run.status()).isEqualTo(ExitStatus.PORT_TAKEN);
            assertThat(run.stderr())
                    .contains(
                            "cannot listen on 127.0.0.1:" + port,
                            "java (pid " + ProcessHandle.current().pid() + ", user ",
                            "kill " + ProcessHandle.current().pid(),
                            "listen: " + (port + 1))
                    .doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void a_port_that_another_gateway_has_is_told_with_its_file() throws IOException {
        Path file = write("listen: 127.0.0.1:" + port + "\n");
        try (PackagedGateway first = PackagedGateway.run(home, file, port)) {
            Eventually.until("the first", LIMIT, () -> first.output().contains("listening on"));
            Outcome second = first.command("run", "--config", file.toString());
            assertThat(second.status()).isEqualTo(ExitStatus.PORT_TAKEN);
            assertThat(second.stderr())
                    .contains(
                            "another Loopgate (pid " + first.process().pid() + ", user ",
                            ", with " + file + ")",
                            "loopgate routes --pid " + first.process().pid());
        }
    }

    @Test
    void a_forward_whose_port_another_gateway_has_is_told_with_its_file() throws IOException {
        Path file = write("listen: 127.0.0.1:" + port + "\n");
        int taken = port;
        choosePort();
        Path other = Files.writeString(
                home.resolve("other.yaml"),
                "listen: 127.0.0.1:" + port + "\nforwards: {\"127.0.0.1:" + taken + "\": 1}\n");
        try (PackagedGateway first = PackagedGateway.run(home, file, taken);
                PackagedGateway second = PackagedGateway.run(home, other, port)) {
            String holder = "another Loopgate (pid " + first.process().pid();
            Eventually.until("the warning", LIMIT, () -> second.output().contains(holder));
            assertThat(second.process().stderr()).contains(", with " + file + ")");
            JsonObject status = new JsonObject(second.command(
                            "status",
                            "--json",
                            "--pid",
                            Long.toString(second.process().pid()))
                    .stdout());
            assertThat(status.getJsonArray("forwards")
                            .getJsonObject(0)
                            .getJsonObject("problem")
                            .getJsonObject("holder")
                            .getMap())
                    .containsEntry("loopgate", true)
                    .containsEntry("file", file.toString());
        }
    }

    @Test
    void several_gateways_are_told_apart() throws IOException {
        Path one = write("listen: 127.0.0.1:" + port + "\n");
        int firstPort = port;
        choosePort();
        Path two = Files.writeString(home.resolve("two.yaml"), "listen: 127.0.0.1:" + port + "\n");
        try (PackagedGateway first = PackagedGateway.run(home, one, firstPort);
                PackagedGateway second = PackagedGateway.run(home, two, port)) {
            Eventually.until(
                    "both",
                    LIMIT,
                    () -> first.output().contains("listening on")
                            && second.output().contains("listening on")
                            && first.command("status").stderr().contains("several gateways"));
            Outcome unclear = first.command("status");
            assertThat(unclear.status()).isEqualTo(ExitStatus.WRONG_USAGE);
            assertThat(unclear.stderr())
                    .contains(
                            "--pid " + first.process().pid(),
                            "--pid " + second.process().pid());
            assertThat(first.command("status", "--config", two.toString()).stdout())
                    .contains("127.0.0.1:" + port);
            assertThat(first.command(
                                    "status",
                                    "--pid",
                                    Long.toString(first.process().pid()))
                            .stdout())
                    .contains("127.0.0.1:" + firstPort);
        }
    }

    @Test
    void a_bad_file_is_told_whole_and_ends_with_3() throws IOException {
        Outcome run = run("listen: nonsense\nhosts: {a.localhost: 99999, a.localhost: 1}\nfoo: 1\n");
        assertThat(run.status()).isEqualTo(ExitStatus.INVALID_CONFIGURATION);
        assertThat(run.stderr().lines().filter(line -> line.startsWith(home.resolve("loopgate.yaml") + ":")))
                .hasSizeGreaterThanOrEqualTo(4);
        assertThat(run.stderr()).doesNotContain("Exception", "\tat ");
        assertThat(run.stdout()).isEmpty();
    }

    @Test
    void a_forward_that_cannot_listen_is_told_with_its_holder_and_the_rest_runs() throws IOException {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = write(
                    "listen: 127.0.0.1:" + port + "\nforwards: {\"127.0.0.1:" + holder.getLocalPort() + "\": 1}\n");
            try (PackagedGateway gateway = PackagedGateway.run(home, file, port)) {
                Eventually.until(
                        "the warning",
                        LIMIT,
                        () -> gateway.process()
                                .stderr()
                                .contains("(pid " + ProcessHandle.current().pid()));
                assertThat(gateway.process().stderr())
                        .contains("cannot listen on 127.0.0.1:" + holder.getLocalPort(), "trying again");
                assertThat(gateway.process().alive()).isTrue();
            }
        }
    }

    @Test
    void a_file_that_was_found_at_the_git_root_opens_nothing_to_the_network() throws IOException {
        write("listen: 0.0.0.0:" + port + "\n");
        Files.createDirectory(home.resolve(".git"));
        Path below = Files.createDirectories(home.resolve("src/deep"));
        try (RunningProcess run = PackagedGateway.start(home, below, "run")) {
            Eventually.until("a start", LIMIT, () -> run.stdout().contains("listening on") || !run.alive());
            assertThat(run.stdout())
                    .contains("listening on 127.0.0.1:" + port, "for this machine only")
                    .doesNotContain("OPEN TO THE NETWORK", "0.0.0.0");
            Eventually.until("the warning", LIMIT, () -> run.stderr().contains("loopgate run --config"));
            assertThat(run.stderr()).contains("warning: listens on " + port + " of loopback", "named by nobody");
        }
    }

    @Test
    void what_is_open_to_the_network_is_said_in_words() throws IOException {
        Path file = write("listen: 0.0.0.0:" + port + "\n");
        try (PackagedGateway gateway = PackagedGateway.run(home, file, port)) {
            Eventually.until("a start", LIMIT, () -> gateway.output().contains("OPEN TO THE NETWORK"));
            assertThat(gateway.process().stdout()).contains("listening on 0.0.0.0:" + port + ", OPEN TO THE NETWORK");
        }
    }

    private Outcome run(String text) throws IOException {
        return PackagedGateway.command(
                home, home, "run", "--config", write(text).toString());
    }

    private Path write(String text) throws IOException {
        return Files.writeString(home.resolve("loopgate.yaml"), text);
    }
}
