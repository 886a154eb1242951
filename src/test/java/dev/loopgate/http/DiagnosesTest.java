package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Diagnosis;
import dev.loopgate.net.PortHolder;
import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.ScriptedBackend;
import dev.loopgate.testkit.Sites;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How failures are told what the machine says to them, and that a storm of them does not ask too much. */
@ExtendWith(LeakCheck.class)
class DiagnosesTest {

    private static final String[] FORMS = {"text/html", "application/json", "*/*"};

    private final ClosedPort closed = new ClosedPort();

    /** Says what the test tells it to. */
    private static class Told implements Diagnosis {
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final List<UpstreamAddress> remembered = new CopyOnWriteArrayList<>();
        final List<String> threads = new CopyOnWriteArrayList<>();
        volatile Kind kind = Kind.FORMER_HOLDER;

        @Override
        public void remember(Collection<UpstreamAddress> answering) {
            remembered.addAll(answering);
        }

        @Override
        public List<Finding> examine(UpstreamAddress upstream, Symptom symptom, Optional<Instant> answered) {
            asked.incrementAndGet();
            threads.add(Thread.currentThread().getName());
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            try {
                look();
                return List.of(new Finding(
                        kind,
                        "node <b>(pid 4711)</b> had the port.",
                        Optional.of("Start it & wait."),
                        Optional.of(new PortHolder(4711, "node", "node server.js", "ann", false)),
                        Optional.of(Path.of("/home/ann/shop"))));
            } finally {
                atOnce.decrementAndGet();
            }
        }

        void look() {}
    }

    private RunningGateway gateway(Diagnosis diagnosis) {
        return RunningGateway.start(Sites.of(Sites.proxy("down.localhost", closed.port())), diagnosis);
    }

    private static RawResponse get(RunningGateway gateway, String host, String... fields) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(host, "/", fields).response();
        }
    }

    @Test
    void every_form_tells_what_was_found() {
        Told told = new Told();
        try (RunningGateway gateway = gateway(told)) {
            assertThat(get(gateway, "down.localhost").body())
                    .contains("node <b>(pid 4711)</b> had the port. Start it & wait.");
            assertThat(get(gateway, "down.localhost", "Accept: text/html").body())
                    .contains("node &lt;b&gt;(pid 4711)&lt;/b&gt; had the port.", "Start it &amp; wait.");
            JsonObject json = new JsonObject(
                    get(gateway, "down.localhost", "Accept: application/json").body());
            assertThat(json.getString("fix")).isEqualTo("Start it & wait.");
            JsonObject found = json.getJsonArray("diagnosis").getJsonObject(0);
            assertThat(found.getString("kind")).isEqualTo("former-holder");
            assertThat(found.getJsonObject("process").getMap())
                    .containsEntry("pid", 4711)
                    .containsEntry("directory", "/home/ann/shop");
            assertThat(told.threads).allMatch("loopgate-diagnosis"::equals);
        }
    }

    @Test
    void nobody_else_is_told_and_nothing_is_asked_for_them() {
        Told told = new Told();
        try (RunningGateway gateway = gateway(told)) {
            for (String form : FORMS) {
                RawResponse response =
                        get(gateway, "down.localhost", "X-Forwarded-For: 203.0.113.5", "Accept: " + form);
                assertThat(response.status()).isIn(502, 503);
                assertThat(response.body()).doesNotContain("node").doesNotContain("4711");
            }
            assertThat(told.asked).hasValue(0);
        }
    }

    @Test
    void what_is_found_may_be_another_failure_than_it_looked_like() {
        Told told = new Told();
        told.kind = Diagnosis.Kind.OTHER_FAMILY;
        try (RunningGateway gateway = gateway(told)) {
            RawResponse page = get(gateway, "down.localhost", "Accept: text/html");
            assertThat(page.status()).isEqualTo(502);
            assertThat(page.error()).isEqualTo("wrong-family");
            assertThat(page.all("Retry-After")).isEmpty();
        }
    }

    @Test
    void a_diagnosis_that_breaks_costs_no_answer_and_not_the_next_one() {
        Told broken = new Told() {
            @Override
            void look() {
                if (asked.get() == 1) {
                    throw new IllegalStateException("no such thing");
                }
            }
        };
        try (RunningGateway gateway = gateway(broken)) {
            RawResponse first = get(gateway, "down.localhost");
            assertThat(first.status()).isEqualTo(502);
            assertThat(first.body()).doesNotContain("4711");
            Eventually.until(
                    "it is looked for again",
                    () -> get(gateway, "down.localhost").body().contains("4711"));
        }
    }

    @Test
    void an_answer_does_not_wait_for_a_diagnosis_that_takes_too_long() throws InterruptedException {
        CountDownLatch released = new CountDownLatch(1);
        Told slow = new Told() {
            @Override
            void look() {
                try {
                    released.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (RunningGateway gateway = gateway(slow)) {
            assertThat(get(gateway, "down.localhost").error()).isEqualTo("connection-refused");
            // By now it is known that nobody knows: the next one goes without at once, and asks nothing.
            assertThat(get(gateway, "down.localhost").body()).doesNotContain("4711");
            assertThat(slow.asked).hasValue(1);
            released.countDown();
            Eventually.asserted(
                    () -> assertThat(get(gateway, "down.localhost").body()).contains("4711"));
        } finally {
            released.countDown();
        }
    }

    @Test
    void a_client_that_leaves_while_the_machine_is_asked_is_missed_by_nobody() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Told slow = new Told() {
            @Override
            void look() {
                begun.countDown();
                try {
                    released.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (RunningGateway gateway = gateway(slow)) {
            RawClient client = RawClient.connect(gateway.port());
            client.get("down.localhost", "/");
            begun.await();
            client.reset();
            Eventually.until("the connection is gone", () -> gateway.connections() == 0);
            released.countDown();
            Eventually.asserted(
                    () -> assertThat(get(gateway, "down.localhost").body()).contains("4711"));
        } finally {
            released.countDown();
        }
    }

    @Test
    void a_connection_goes_on_behind_a_diagnosed_failure() {
        Told told = new Told();
        try (RunningGateway gateway = gateway(told);
                RawClient client = RawClient.connect(gateway.port())) {
            // Both at once: the second must wait for the first one's answer.
            client.get("down.localhost", "/1").get("down.localhost", "/2");
            assertThat(client.response().body()).contains("4711");
            assertThat(client.response().body()).contains("4711");
        }
    }

    @Test
    void a_flood_of_failures_asks_once_a_second_and_is_answered_whole() {
        Told told = new Told();
        int requests = 2_000;
        try (RunningGateway gateway = gateway(told)) {
            long start = System.nanoTime();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(RawClient.connect(gateway.port()));
            }
            int answered = 0;
            for (int round = 0; round < requests / clients.size(); round++) {
                clients.forEach(client -> client.get("down.localhost", "/"));
                for (RawClient client : clients) {
                    answered += client.response().status() == 502 ? 1 : 0;
                }
            }
            clients.forEach(RawClient::close);
            long seconds = (System.nanoTime() - start) / 1_000_000_000L;
            assertThat(answered).isEqualTo(requests);
            assertThat(told.asked.get()).isLessThanOrEqualTo((int) seconds + 1);
            assertThat(told.most).hasValueLessThanOrEqualTo(2);
        }
    }

    @Test
    void who_answers_is_noted_once_and_again_after_a_failure() {
        Told told = new Told();
        try (ScriptedBackend backend = ScriptedBackend.start("A");
                RunningGateway gateway =
                        RunningGateway.start(Sites.of(Sites.proxy("a.localhost", backend.port())), told)) {
            UpstreamAddress address = new UpstreamAddress.LoopbackPort(backend.port());
            assertThat(get(gateway, "a.localhost").status()).isEqualTo(200);
            Eventually.until("it is noted", () -> told.remembered.equals(List.of(address)));
            // The second try, on a new connection, fails as well.
            PeerAction drop = new PeerAction.Drop(PeerAction.Then.RESET);
            backend.next(drop, drop);
            assertThat(get(gateway, "a.localhost").status()).isEqualTo(502);
            Eventually.until("it is noted again", () -> {
                assertThat(get(gateway, "a.localhost").status()).isEqualTo(200);
                return told.remembered.size() == 2;
            });
        }
    }
}
