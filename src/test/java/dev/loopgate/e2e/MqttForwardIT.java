package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An MQTT broker that listens on localhost only, reached through a forward by its own clients. */
class MqttForwardIT {

    private static final String SUBSCRIBED = "Sending SUBACK to subscriber";

    @TempDir
    Path folder;

    @Test
    void a_subscriber_keeps_its_connection_while_another_forward_is_added() {
        try (Rig rig = new Rig(folder)) {
            int target = Rig.freePort();
            RunningProcess broker = broker(rig, target);
            int port = Rig.freePort();
            PackagedGateway gateway = rig.gateway("forwards:\n  \"127.0.0.1:" + port + "\": " + target + "\n");
            Rig.awaitPort(port, gateway.process());
            RunningProcess subscriber = subscriber(rig, broker, port, "-C", "2");
            publish(rig, port, "before");
            Eventually.until("the first message", () -> subscriber.stdout().equals("before\n"));
            String connected = connections(broker);

            int added = Rig.freePort();
            Rig.replace(
                    rig.folder().resolve("loopgate.yaml"),
                    "forwards:\n",
                    "forwards:\n  \"127.0.0.1:" + added + "\": " + target + "\n");
            Eventually.until("a reload", () -> gateway.output().contains("+1 ~0 -0"));
            // Sent after five seconds without anything else.
            int pings = pings(broker);
            Eventually.until("the connection to be kept alive", Rig.LIMIT, () -> pings(broker) > pings);
            publish(rig, added, "after");

            assertThat(subscriber.awaitExit(Rig.LIMIT)).as(subscriber.stderr()).isZero();
            assertThat(subscriber.stdout()).isEqualTo("before\nafter\n");
            assertThat(subscriber.stderr()).isEmpty();
            assertThat(connections(broker)).isEqualTo(connected).hasLineCount(1);
            Eventually.until("the second receipt", () -> count(broker, "Received PUBACK from subscriber ") == 2);
        }
    }

    @Test
    void a_broker_that_starts_again_has_its_clients_back_and_what_it_retained() {
        try (Rig rig = new Rig(folder)) {
            int target = Rig.freePort();
            RunningProcess first = broker(rig, target);
            int port = rig.forward(target);
            publish(rig, port, "retained", "-r");
            assertThat(retained(rig, port)).isEqualTo("retained\n");
            RunningProcess subscriber = subscriber(rig, first, port);
            Eventually.until("what was retained", () -> subscriber.stdout().equals("retained\n"));

            first.terminate();
            first.awaitExit(Rig.LIMIT);
            Outcome refused = Rig.attempt(folder, Map.of(), publication(port, "lost"));
            assertThat(refused.status()).as(refused.stderr()).isNotZero();

            RunningProcess second = broker(rig, target);
            assertThat(retained(rig, port)).isEqualTo("retained\n");
            Eventually.until("the subscriber to be back", Rig.LIMIT, () -> count(second, SUBSCRIBED) == 1);
            publish(rig, port, "again");
            Eventually.asserted(() -> assertThat(subscriber.stdout()).isEqualTo("retained\nretained\nagain\n"));
        }
    }

    /** Starts a broker that says what it gets and sends, and that finds again what an earlier one in this rig retained. */
    private static RunningProcess broker(Rig rig, int port) {
        String mosquitto = Programs.require("mosquitto").toString();
        Path settings = rig.file(
                "mosquitto.conf",
                String.join(
                        "\n",
                        "listener " + port + " 127.0.0.1",
                        "allow_anonymous true",
                        "log_type all",
                        "log_dest stderr",
                        "persistence true",
                        "persistence_location " + rig.folder("retained") + "/",
                        // Started by root it would be another, whom the folder is closed to.
                        "user " + System.getProperty("user.name"),
                        ""));
        return rig.server(port, rig.folder(), Map.of(), mosquitto, "-c", settings.toString());
    }

    /** Starts a client that prints each message, and waits until the broker knows what it wants. */
    private static RunningProcess subscriber(Rig rig, RunningProcess broker, int port, String... options) {
        List<String> command = client("mosquitto_sub", port, "-i", "subscriber", "-k", "5");
        command.addAll(List.of(options));
        RunningProcess subscriber = rig.with(RunningProcess.start(rig.folder(), Map.of(), command));
        Eventually.until("a subscriber", Rig.LIMIT, () -> count(broker, SUBSCRIBED) == 1);
        return subscriber;
    }

    private static String[] publication(int port, String message, String... options) {
        List<String> command = client("mosquitto_pub", port, "-m", message);
        command.addAll(List.of(options));
        return command.toArray(String[]::new);
    }

    private static List<String> client(String program, int port, String... options) {
        List<String> command = new ArrayList<>(
                List.of(Programs.require(program).toString(), "-p", Integer.toString(port), "-q", "1", "-t", "topic"));
        command.addAll(List.of(options));
        return command;
    }

    private static void publish(Rig rig, int port, String message, String... options) {
        rig.run(publication(port, message, options));
    }

    /** The first message that somebody new is given. */
    private static String retained(Rig rig, int port) {
        return rig.run(client("mosquitto_sub", port, "-C", "1", "-W", "50").toArray(String[]::new));
    }

    /** The lines by which the broker tells each connection of the subscriber, with the port that it came from. */
    private static String connections(RunningProcess broker) {
        return String.join(
                "\n",
                broker.stderr()
                        .lines()
                        .filter(line -> line.contains("New client connected from 127.0.0.1:")
                                && line.contains(" as subscriber "))
                        .toList());
    }

    private static int pings(RunningProcess broker) {
        return count(broker, "Received PINGREQ from subscriber");
    }

    private static int count(RunningProcess broker, String text) {
        return (int) broker.stderr().lines().filter(line -> line.contains(text)).count();
    }
}
