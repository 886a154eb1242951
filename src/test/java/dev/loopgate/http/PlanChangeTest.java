package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a new plan changes at once, and what it leaves alone. */
class PlanChangeTest {

    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static void swap() {
        STAGE.gateway()
                .install(Sites.of(
                        Sites.proxy("a.localhost", STAGE.b().port()),
                        Sites.proxy("b.localhost", STAGE.b().port())));
    }

    @Test
    void an_open_connection_follows_the_new_plan_with_its_next_request() {
        RawClient client = STAGE.client();
        assertThat(client.get("a.localhost", "/").response().body()).isEqualTo("A");
        swap();
        assertThat(client.get("a.localhost", "/").response().body()).isEqualTo("B");
        STAGE.gateway().install(Sites.of());
        assertThat(client.get("a.localhost", "/").response().status()).isEqualTo(404);
    }

    @Test
    void a_request_ends_by_the_plan_it_began_with() {
        Gate gate = new Gate();
        STAGE.a()
                .next(new PeerAction.Pieces(List.of(new PeerAction.Piece(gate, PeerAction.okBytes("old"))), Then.KEEP));
        RawClient client = STAGE.client().get("a.localhost", "/");
        STAGE.a().request();
        swap();
        gate.open();
        assertThat(client.response().body()).isEqualTo("old");
        assertThat(client.get("a.localhost", "/").response().body()).isEqualTo("B");
    }

    @Test
    void a_tunnel_outlives_its_route() {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\n");
            String line = connection.wire().until("\n", dev.loopgate.testkit.Eventually.LIMIT);
            connection.send("heard " + line);
            return false;
        }));
        RawClient client = STAGE.client();
        client.request("GET", "a.localhost", "/", "", "Connection: Upgrade", "Upgrade: raw");
        assertThat(client.head().status()).isEqualTo(101);
        STAGE.gateway().install(Sites.of());
        client.send("me\n");
        assertThat(client.wire().until("\n", dev.loopgate.testkit.Eventually.LIMIT))
                .isEqualTo("heard me\n");
    }

    @Test
    void an_upstream_of_both_plans_keeps_its_connections() {
        assertThat(STAGE.get("b.localhost", "/").status()).isEqualTo(200);
        int before = STAGE.b().accepted();
        for (int i = 0; i < 5; i++) {
            swap();
            assertThat(STAGE.get("b.localhost", "/").status()).isEqualTo(200);
        }
        assertThat(STAGE.b().accepted()).isEqualTo(before);
    }
}
