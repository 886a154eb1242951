package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Services on ports that their clients look for on a Unix socket. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its files have no modes")
class UnixForwardIT {

    @TempDir
    Path folder;

    @Test
    void psql_finds_a_server_on_a_port_where_it_looks_by_itself() {
        String psql = Programs.require("psql").toString();
        try (Rig rig = new Rig(folder)) {
            int server = Postgres.start(rig);
            Path run = rig.folder("run");
            Path socket = run.resolve(".s.PGSQL.5432");
            rig.gateway("forwards: {\"unix://" + socket + "\": " + server + "}\n");
            Eventually.until("a socket", Rig.LIMIT, () -> Files.exists(socket));
            assertThat(rig.run(psql, "-h", run.toString(), "-U", "postgres", "-qtAX", "-c", "SELECT 6*7"))
                    .isEqualTo("42\n");
        }
    }

    @Test
    void the_file_follows_the_configuration_and_survives_a_kill() throws IOException {
        String curl = Programs.require("curl").toString();
        try (Rig rig = new Rig(folder);
                LiveServers servers = new LiveServers()) {
            Path socket = folder.resolve("app.sock");
            int port = Rig.freePort();
            Path file = rig.file(
                    "loopgate.yaml",
                    "listen: 127.0.0.1:" + port + "\nforwards: {\"unix://" + socket + "\": {to: " + servers.http()
                            + ", mode: 600}}\n");
            PackagedGateway first = rig.gateway(file, port);
            Eventually.until("a socket", Rig.LIMIT, () -> mode(socket).equals("rw-------"));
            assertThat(forward(first).getJsonArray("addresses")).isEqualTo(new JsonArray(List.of("unix://" + socket)));
            assertThat(curl(rig, curl, socket)).isNotEmpty();

            Rig.replace(file, "mode: 600", "mode: 660");
            Eventually.until("another mode", Rig.LIMIT, () -> mode(socket).equals("rw-rw----"));
            assertThat(curl(rig, curl, socket)).isNotEmpty();
            assertThat(forward(first).getInteger("accepted")).isEqualTo(2);
            Rig.replace(file, "mode: 660", "mode: 660, owner: no-such-user");
            Eventually.until(
                    "a warning",
                    Rig.LIMIT,
                    () -> first.output()
                            .contains("unix://" + socket
                                    + " is open to whom it was before: there is no user no-such-user"));
            Rig.replace(file, ", owner: no-such-user", "");
            first.process().signal("KILL");
            Eventually.until("its end", () -> !first.process().alive());
            assertThat(socket).exists();

            PackagedGateway second = rig.gateway(file, port);
            Eventually.until("a start", Rig.LIMIT, () -> second.output().contains("listening on"));
            assertThat(second.process().stdout()).contains("tcp unix://" + socket);
            assertThat(curl(rig, curl, socket)).isNotEmpty();
            assertThat(second.stop()).isZero();
            assertThat(socket).doesNotExist();
        }
    }

    @Test
    void a_second_gateway_waits_for_the_socket_of_the_first() throws IOException {
        String curl = Programs.require("curl").toString();
        Path other = Files.createDirectory(folder.resolve("other"));
        try (Rig rig = new Rig(folder);
                Rig holding = new Rig(other);
                LiveServers servers = new LiveServers()) {
            Path socket = folder.resolve("app.sock");
            String forwards = "forwards: {\"unix://" + socket + "\": " + servers.http() + "}\n";
            PackagedGateway first = holding.gateway(forwards);
            Eventually.until("a socket", Rig.LIMIT, () -> Files.exists(socket));
            PackagedGateway second = rig.gateway(forwards);
            Eventually.until(
                    "a warning",
                    Rig.LIMIT,
                    () -> second.process()
                            .stderr()
                            .contains("cannot listen on unix://" + socket + ": another process listens on it"));
            assertThat(forward(second).getJsonObject("problem").getString("kind"))
                    .isEqualTo("taken");
            assertThat(curl(rig, curl, socket)).isNotEmpty();

            assertThat(first.stop()).isZero();
            Eventually.until(
                    "the second to have it",
                    Rig.LIMIT,
                    () -> second.output().contains("forward unix://" + socket + " listens now"));
            assertThat(curl(rig, curl, socket)).isNotEmpty();
            assertThat(forward(second).getInteger("accepted")).isEqualTo(1);
        }
    }

    private static String curl(Rig rig, String curl, Path socket) {
        return rig.run(curl, "-sS", "-f", "--unix-socket", socket.toString(), "http://localhost/");
    }

    private static JsonObject forward(PackagedGateway gateway) {
        return new JsonObject(gateway.command("status", "--json").stdout())
                .getJsonArray("forwards")
                .getJsonObject(0);
    }

    private static String mode(Path socket) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(socket));
        } catch (IOException notThere) {
            return "";
        }
    }
}
