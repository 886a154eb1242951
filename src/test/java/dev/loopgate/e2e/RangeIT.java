package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Descriptors;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** One rule for thousands of ports: what it says stays as short as the rule. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "every address of 127.0.0.0/8 is the machine's")
class RangeIT {

    /** Nothing else listens on it. */
    private static final String ADDRESS = "127.0.77.1";

    private static final int FIRST = 12_000;
    private static final int COUNT = 3_000;
    private static final int LAST = FIRST + COUNT - 1;

    @TempDir
    Path folder;

    @Test
    void each_port_of_a_range_leads_to_its_own_and_one_that_is_used_stands_out() throws IOException {
        Descriptors.assume(COUNT);
        try (Rig rig = new Rig(folder);
                TcpPeer server = TcpPeer.start("127.0.77.2", FIRST + 1_777, RangeIT::greet)) {
            PackagedGateway gateway = rig.gateway(forwards("127.0.77.1:12000-14999", "127.0.77.2:12000-14999"));
            Eventually.until("a start", () -> gateway.output().contains("listening on"));
            assertThat(gateway.process().stdout().lines().filter(line -> line.contains(ADDRESS)))
                    .singleElement()
                    .asString()
                    .contains("tcp 127.0.77.1:12000-14999", "-> 127.0.77.2:12000-14999");
            assertThat(binds(gateway)).containsExactly("127.0.77.1:12000-14999");

            assertGreets(FIRST + 1_777);
            Eventually.until("the connection to be over", () -> binds(gateway).size() == 3);
            assertThat(binds(gateway))
                    .containsExactly("127.0.77.1:12000-13776", "127.0.77.1:13777", "127.0.77.1:13778-14999");
            assertThat(gateway.command("status").stdout().lines().filter(line -> line.contains(ADDRESS)))
                    .hasSize(3);

            Path file = rig.folder().resolve("loopgate.yaml");
            Rig.replace(file, "127.0.77.1:12000-14999", "127.0.77.1:13000-14999");
            Rig.replace(file, "127.0.77.2:12000-14999", "127.0.77.2:13000-14999");
            Eventually.until("a reload", Rig.LIMIT, () -> gateway.output().contains("+0 ~0 -1000"));
            assertThat(binds(gateway))
                    .containsExactly("127.0.77.1:13000-13776", "127.0.77.1:13777", "127.0.77.1:13778-14999");
            assertGreets(FIRST + 1_777);
            assertThat(gateway.stop()).isZero();
            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    @Test
    void a_range_that_another_has_is_told_in_a_few_lines_and_taken_over_when_it_is_free() throws IOException {
        Descriptors.assume(COUNT);
        Path other = Files.createDirectory(folder.resolve("other"));
        try (Rig rig = new Rig(folder);
                Rig holding = new Rig(other)) {
            PackagedGateway holder = holding.gateway(forwards("127.0.77.1:12000-14999", "127.0.77.2:12000-14999"));
            Eventually.until("a start", () -> holder.output().contains("listening on"));
            PackagedGateway gateway = rig.gateway(forwards("127.0.77.1:12000-14999", "127.0.77.3:12000-14999"));
            Eventually.until(
                    "a note on the rest", Rig.LIMIT, () -> gateway.output().contains("more forwards do not listen"));
            Eventually.until("all to be tried", Rig.LIMIT, () -> binds(gateway).size() == 1);
            assertThat(gateway.process().stderr().lines().filter(line -> line.startsWith("warning: ")))
                    .hasSizeBetween(2, 40)
                    .first()
                    .asString()
                    .contains(
                            "cannot listen on 127.0.77.1:12",
                            "pid " + holder.process().pid());
            assertThat(status(gateway).getJsonObject(0).getJsonObject("problem").getMap())
                    .containsEntry("kind", "taken");

            assertThat(holder.stop()).isZero();
            Eventually.until(
                    "the other to have them all",
                    Rig.LIMIT,
                    () -> status(gateway)
                            .getJsonObject(0)
                            .getJsonArray("addresses")
                            .equals(new JsonArray(List.of("127.0.77.1:12000-14999"))));
            assertThat(gateway.output()).contains("more forwards listen now");
            try (TcpPeer server = TcpPeer.start("127.0.77.3", LAST, RangeIT::greet)) {
                assertGreets(LAST);
                assertThat(server.accepted()).isEqualTo(1);
            }
        }
    }

    private static String forwards(String range, String target) {
        return "forwards: {\"" + range + "\": \"" + target + "\"}\n";
    }

    private static void greet(Wire wire) {
        wire.send("hello");
        wire.finish();
    }

    private static void assertGreets(int port) {
        try (Wire wire = Wire.connect(ADDRESS, port)) {
            assertThat(Wire.text(wire.rest(Rig.LIMIT))).isEqualTo("hello");
        }
    }

    private static List<String> binds(PackagedGateway gateway) {
        return status(gateway).stream()
                .map(forward -> ((JsonObject) forward).getString("bind"))
                .toList();
    }

    private static JsonArray status(PackagedGateway gateway) {
        return new JsonObject(gateway.command("status", "--json").stdout()).getJsonArray("forwards");
    }
}
