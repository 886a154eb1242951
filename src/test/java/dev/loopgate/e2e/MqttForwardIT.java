package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that listens on localhost only, with clients that stay connected. */
class MqttForwardIT {

    @TempDir
    Path folder;

    @Test
    void a_subscriber_stays_over_a_reload_and_comes_back_when_the_broker_does() {
        String mosquitto = Programs.require("mosquitto").toString();
        String pub = Programs.require("mosquitto_pub").toString();
        String sub = Programs.require("mosquitto_sub").toString();
        try (Rig rig = new Rig(folder)) {
            int brokerPort = Rig.freePort();
            int port = Rig.freePort();
            Path settings = rig.file(
                    "mosquitto.conf", "listener " + brokerPort + " 127.0.0.1\nallow_anonymous true\nlog_dest stderr\n");
            RunningProcess broker =
                    rig.server(brokerPort, folder, Map.of(), mosquitto, "-v", "-c", settings.toString());
            PackagedGateway gateway =
                    rig.gateway("forwards:\n  \"127.0.0.1:" + port + "\": " + brokerPort + "\nhosts: {}\n");
            Rig.awaitPort(port, gateway.process());
            List<String> at = List.of("-h", "127.0.0.1", "-p", Integer.toString(port), "-t", "house/lamp", "-q", "1");
            publish(rig, pub, at, "retained", "-r");
            RunningProcess subscriber = rig.with(RunningProcess.start(
                    folder, Map.of(), command(sub, at, "-i", "subscriber", "-k", "5", "-R", "-v")));
            Eventually.until(
                    "a subscription", Rig.LIMIT, () -> broker.stderr().contains("Sending SUBACK to subscriber"));

            Rig.replace(folder.resolve("loopgate.yaml"), "hosts: {}", "hosts: {app.localhost: " + Rig.freePort() + "}");
            Eventually.until("a reload", Rig.LIMIT, () -> gateway.output().contains("+1 ~0 -0"));
            publish(rig, pub, at, "after the reload");
            Eventually.until("a message", Rig.LIMIT, () -> subscriber.stdout().contains("house/lamp after the reload"));
            assertThat(broker.stderr()).containsOnlyOnce(" as subscriber ").doesNotContain("subscriber disconnected");
            assertThat(rig.run(command(sub, at, "-C", "1").toArray(String[]::new)))
                    .isEqualTo("retained\n");

            broker.close();
            RunningProcess second =
                    rig.server(brokerPort, folder, Map.of(), mosquitto, "-v", "-c", settings.toString());
            Eventually.until(
                    "the subscriber to be back",
                    Rig.LIMIT,
                    () -> second.stderr().contains("Sending SUBACK to subscriber"));
            publish(rig, pub, at, "after the restart");
            Eventually.until(
                    "a message", Rig.LIMIT, () -> subscriber.stdout().contains("house/lamp after the restart"));
        }
    }

    private static void publish(Rig rig, String pub, List<String> at, String message, String... options) {
        List<String> command = new ArrayList<>(command(pub, at, options));
        command.addAll(List.of("-m", message));
        rig.run(command.toArray(String[]::new));
    }

    private static List<String> command(String program, List<String> at, String... options) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(at);
        command.addAll(List.of(options));
        return command;
    }
}
