package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Descriptors;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Wire;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A thousand connections at once, over HTTP and through a forward. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "counts descriptors in /proc")
class CrowdIT {

    private static final int CROWD = 1000;

    @TempDir
    Path folder;

    @Test
    void a_thousand_clients_of_each_kind_are_served_at_once_and_leave_nothing_behind() {
        // Here both ends of each, and as many in the gateway between them.
        Descriptors.assume(4 * CROWD);
        try (Rig rig = new Rig(folder)) {
            int forward = Rig.freePort();
            List<RawClient> clients = new ArrayList<>();
            List<Wire> wires = new ArrayList<>();
            try (LiveServers servers = new LiveServers()) {
                PackagedGateway gateway = rig.gateway("access-log: off\nhosts: {app.localhost: " + servers.http()
                        + "}\nforwards: {\"127.0.0.1:" + forward + "\": " + servers.echo() + "}\n");
                Rig.awaitPort(forward, gateway.process());
                // One of each first, so that whatever is opened once is open.
                try (RawClient client = RawClient.connect(gateway.port())) {
                    assertThat(client.get("app.localhost", "/").response().status())
                            .isEqualTo(200);
                }
                Eventually.until("the first to leave", () -> status(gateway).getInteger("connections") == 0);
                long before = descriptors(gateway);

                for (int i = 0; i < CROWD; i++) {
                    clients.add(RawClient.connect(gateway.port()));
                    wires.add(Wire.connect(forward));
                }
                for (int round = 0; round < 2; round++) {
                    serve(clients, wires);
                }
                JsonObject status = status(gateway);
                assertThat(status.getInteger("connections")).isEqualTo(CROWD);
                assertThat(status.getJsonArray("forwards").getJsonObject(0).getInteger("connections"))
                        .isEqualTo(CROWD);
                assertThat(descriptors(gateway)).isGreaterThan(3L * CROWD);
                clients.forEach(RawClient::close);
                for (Wire wire : wires) {
                    wire.finish();
                    assertThat(wire.awaitEnd()).isEqualTo(Wire.End.FIN);
                    wire.close();
                }
                Eventually.until("all to leave", () -> {
                    JsonObject left = status(gateway);
                    return left.getInteger("connections") == 0
                            && left.getJsonArray("forwards").getJsonObject(0).getInteger("connections") == 0;
                });
                Eventually.until(
                        "the descriptors to be given back", Rig.LIMIT, () -> descriptors(gateway) <= before + 5);
            }
        }
    }

    /** Everybody asks before anybody is answered. */
    private static void serve(List<RawClient> clients, List<Wire> wires) {
        for (int i = 0; i < CROWD; i++) {
            String body = "client " + i;
            clients.get(i).request("POST", "app.localhost", "/", body, "Content-Length: " + body.length());
            wires.get(i).send(body);
        }
        for (int i = 0; i < CROWD; i++) {
            String body = "client " + i;
            RawResponse response = clients.get(i).response();
            assertThat(response.status()).as(response.toString()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("got " + body);
            assertThat(Wire.text(wires.get(i).read(body.length()))).isEqualTo(body);
        }
    }

    private static JsonObject status(PackagedGateway gateway) {
        return new JsonObject(gateway.command("status", "--json").stdout());
    }

    /** Open files of the gateway. */
    private static long descriptors(PackagedGateway gateway) {
        try (Stream<Path> open =
                Files.list(Path.of("/proc", Long.toString(gateway.process().pid()), "fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
