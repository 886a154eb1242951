package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Programs;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases that listen on localhost only, reached through a forward by their own clients. */
class DatabaseForwardIT {

    @TempDir
    Path folder;

    @Test
    void psql_commits_rolls_back_and_copies_fifty_megabytes_both_ways() throws IOException {
        String psql = Programs.require("psql").toString();
        try (Rig rig = new Rig(folder)) {
            int port = rig.forward(Postgres.start(rig));
            Map<String, String> client = Map.of(
                    "PGHOST", "127.0.0.1",
                    "PGPORT", Integer.toString(port),
                    "PGUSER", "postgres",
                    "PGCONNECT_TIMEOUT", "20");
            Path rows = folder.resolve("rows");
            try (BufferedWriter out = Files.newBufferedWriter(rows)) {
                String line = "x".repeat(1000);
                for (int i = 0; i < 50_000; i++) {
                    out.write(i + " " + line + "\n");
                }
            }

            String counted = rig.run(
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
        }
    }

    @Test
    void redis_answers_commands_a_pipeline_and_a_large_value() {
        String server = Programs.require("redis-server").toString();
        String cli = Programs.require("redis-cli").toString();
        try (Rig rig = new Rig(folder)) {
            int serverPort = Rig.freePort();
            rig.server(
                    serverPort,
                    folder,
                    Map.of(),
                    server,
                    "--port",
                    Integer.toString(serverPort),
                    "--bind",
                    "127.0.0.1",
                    "--save",
                    "",
                    "--appendonly",
                    "no");
            String port = Integer.toString(rig.forward(serverPort));
            Path large = rig.file("large", "y".repeat(8_000_000));
            Path commands = rig.file("commands", "INCR counter\r\n".repeat(10_000));

            assertThat(rig.run(cli, "-p", port, "set", "name", "value")).isEqualTo("OK\n");
            assertThat(rig.run("sh", "-c", cli + " -p " + port + " --pipe < " + commands))
                    .contains("errors: 0, replies: 10000");
            assertThat(rig.run(cli, "-p", port, "get", "counter")).isEqualTo("10000\n");
            rig.run("sh", "-c", cli + " -p " + port + " -x set large < " + large);
            assertThat(rig.run(cli, "-p", port, "strlen", "large")).isEqualTo("8000000\n");
            assertThat(rig.run(cli, "-p", port, "get", "large")).hasSize(8_000_001);
        }
    }
}
