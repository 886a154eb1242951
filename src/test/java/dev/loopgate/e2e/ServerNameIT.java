package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two TLS servers on localhost that share one port by their names, each with its own certificate. */
class ServerNameIT {

    @TempDir
    Path folder;

    private int server(Rig rig, String openssl, String name) {
        rig.run(
                openssl,
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=DNS:" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".pem");
        int port = Rig.freePort();
        rig.server(
                port,
                folder,
                Map.of(),
                openssl,
                "s_server",
                "-accept",
                "127.0.0.1:" + port,
                "-cert",
                name + ".pem",
                "-key",
                name + ".key",
                "-www",
                "-quiet");
        return port;
    }

    private Outcome ask(String name, String certificate, int port) {
        return Rig.attempt(
                folder,
                Map.of(),
                "curl",
                "-sS",
                "--max-time",
                "20",
                "--cacert",
                certificate + ".pem",
                "--resolve",
                name + ":" + port + ":127.0.0.1",
                "https://" + name + ":" + port + "/");
    }

    @Test
    void each_name_reaches_the_server_with_its_own_certificate_and_no_other_reaches_any() {
        Programs.require("curl");
        String openssl = Programs.require("openssl").toString();
        try (Rig rig = new Rig(folder)) {
            int one = server(rig, openssl, "one.test");
            int two = server(rig, openssl, "sub.two.test");
            int port = Rig.freePort();
            var gateway = rig.gateway("access-log: off\nforwards: {\"127.0.0.1:" + port + "\": {sni: {one.test: " + one
                    + ", \"*.two.test\": " + two + "}}}\n");
            Rig.awaitPort(port, gateway.process());
            for (String name : new String[] {"one.test", "sub.two.test"}) {
                Outcome answer = ask(name, name, port);
                assertThat(answer.status()).as(answer.stderr()).isZero();
                assertThat(answer.stdout()).contains("s_server");
            }
            Outcome unknown = ask("elsewhere.test", "one.test", port);
            assertThat(unknown.status()).isNotZero();
            assertThat(unknown.stderr()).contains("unrecognized name");
            assertThat(gateway.command("status").stdout())
                    .contains("-> one.test: localhost:" + one + ", *.two.test: localhost:" + two);
        }
    }
}
