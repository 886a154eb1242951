package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases that listen on localhost only, reached through a forward by their own clients. */
class DatabaseForwardIT {

    @TempDir
    Path folder;

    private int gatewayPort;
    private int forwardPort;
    private int serverPort;

    @BeforeEach
    void choose_ports() {
        gatewayPort = RealServers.freePort();
        forwardPort = RealServers.freePort();
        serverPort = RealServers.freePort();
    }

    private PackagedGateway gateway() throws IOException {
        Path file = folder.resolve("loopgate.yaml");
        Files.writeString(
                file,
                "listen: 127.0.0.1:" + gatewayPort + "\nforwards:\n  \"127.0.0.1:" + forwardPort + "\": " + serverPort
                        + "\n");
        return PackagedGateway.run(Files.createDirectory(folder.resolve("home")), file, gatewayPort);
    }

    @Test
    void psql_commits_rolls_back_and_copies_fifty_megabytes_both_ways() throws IOException {
        String initdb = RealServers.postgres("initdb");
        String psql = Programs.require("psql").toString();
        Path data = folder.resolve("data");
        // The server refuses to run as root, and its folder must be its user's.
        List<String> asUser = List.of();
        if (System.getProperty("user.name").equals("root")) {
            asUser = List.of(Programs.require("runuser").toString(), "-u", "postgres", "--");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.createDirectory(data);
            RealServers.run(folder, Map.of(), "chown", "postgres", data.toString());
        }
        RealServers.run(
                folder, Map.of(), with(asUser, initdb, "-D", data.toString(), "-U", "postgres", "-A", "trust", "-N"));
        String[] server = with(
                asUser,
                RealServers.postgres("postgres"),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(serverPort),
                "-c",
                "listen_addresses=localhost",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off");
        try (RunningProcess postgres = RunningProcess.start(folder, Map.of(), List.of(server));
                PackagedGateway gateway = gateway()) {
            RealServers.awaitPort(serverPort, postgres);
            RealServers.awaitPort(forwardPort, gateway.process());
            Map<String, String> client = Map.of(
                    "PGHOST", "127.0.0.1",
                    "PGPORT", Integer.toString(forwardPort),
                    "PGUSER", "postgres",
                    "PGCONNECT_TIMEOUT", "20");
            Path rows = folder.resolve("rows");
            try (BufferedWriter out = Files.newBufferedWriter(rows)) {
                String line = "x".repeat(1000);
                for (int i = 0; i < 50_000; i++) {
                    out.write(i + " " + line + "\n");
                }
            }

            String counted = RealServers.run(
                    folder,
                    client,
                    psql,
                    "-qtAX",
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-c",
                    "CREATE TABLE t (v text)",
                    "-c",
                    "BEGIN; INSERT INTO t VALUES ('kept'); COMMIT",
                    "-c",
                    "BEGIN; INSERT INTO t VALUES ('dropped'); ROLLBACK",
                    "-c",
                    "SELECT count(*) FROM t",
                    "-c",
                    "TRUNCATE t",
                    "-c",
                    "\\copy t from '" + rows + "'",
                    "-c",
                    "\\copy t to '" + folder.resolve("back") + "'");

            assertThat(counted.strip()).isEqualTo("1");
            assertThat(Files.mismatch(rows, folder.resolve("back"))).isEqualTo(-1);
            assertThat(gateway.process().alive()).isTrue();
        }
    }

    private static String[] with(List<String> before, String... command) {
        List<String> whole = new ArrayList<>(before);
        whole.addAll(List.of(command));
        return whole.toArray(String[]::new);
    }

    @Test
    void redis_answers_commands_a_pipeline_and_a_large_value() throws IOException {
        String server = Programs.require("redis-server").toString();
        String cli = Programs.require("redis-cli").toString();
        List<String> command = List.of(
                server,
                "--port",
                Integer.toString(serverPort),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no");
        try (RunningProcess redis = RunningProcess.start(folder, Map.of(), command);
                PackagedGateway gateway = gateway()) {
            RealServers.awaitPort(serverPort, redis);
            RealServers.awaitPort(forwardPort, gateway.process());
            String port = Integer.toString(forwardPort);
            Path large = folder.resolve("large");
            Files.writeString(large, "y".repeat(8_000_000));
            StringBuilder pipeline = new StringBuilder();
            for (int i = 0; i < 10_000; i++) {
                pipeline.append("INCR counter\r\n");
            }
            Path commands = folder.resolve("commands");
            Files.writeString(commands, pipeline);

            assertThat(RealServers.run(folder, Map.of(), cli, "-p", port, "set", "name", "value"))
                    .isEqualTo("OK\n");
            assertThat(RealServers.run(folder, Map.of(), "sh", "-c", cli + " -p " + port + " --pipe < " + commands))
                    .contains("errors: 0, replies: 10000");
            assertThat(RealServers.run(folder, Map.of(), cli, "-p", port, "get", "counter"))
                    .isEqualTo("10000\n");
            RealServers.run(folder, Map.of(), "sh", "-c", cli + " -p " + port + " -x set large < " + large);
            assertThat(RealServers.run(folder, Map.of(), cli, "-p", port, "strlen", "large"))
                    .isEqualTo("8000000\n");
            assertThat(RealServers.run(folder, Map.of(), cli, "-p", port, "get", "large"))
                    .hasSize(8_000_001);
            assertThat(gateway.command("status").stdout()).contains(port);
        }
    }
}
