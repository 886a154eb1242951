package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forwards with TLS on either side, or that lead by its server names, between openssl's own servers and clients. */
class TlsForwardIT {

    @TempDir
    static Path folder;

    private static String openssl = "";
    private static Rig rig;
    private static TcpPeer plain;
    private static PackagedGateway gateway;
    private static int stranger;
    private static int one;
    private static int two;
    /** The first of the forwards' ports. */
    private static int first;

    @BeforeAll
    static void begin() {
        openssl = Programs.require("openssl").toString();
        rig = new Rig(folder);
        plain = rig.with(TcpPeer.start(wire -> {
            wire.send("you said " + wire.until("\n", Eventually.LIMIT));
            wire.finish();
            wire.awaitEnd();
        }));
        stranger = server("localhost", "-rev");
        one = server("one.test", "-www");
        two = server("sub.two.test", "-www");
        first = Rig.freePorts(5);
        gateway = rig.gateway("""
                access-log: off
                forwards:
                  "%d": {to: %d, tls: auto}
                  "%d": {to: %d, tls: {cert: localhost.pem, key: localhost.key}}
                  "%d": tls://localhost:%d
                  "%d": {to: tls://localhost:%d, verify: false}
                  "127.0.0.1:%d": {sni: {one.test: %d, "*.two.test": %d}}
                """.formatted(
                        first,
                        plain.port(),
                        first + 1,
                        plain.port(),
                        first + 2,
                        stranger,
                        first + 3,
                        stranger,
                        first + 4,
                        one,
                        two));
        Rig.awaitPort(first + 4, gateway.process());
        assertThat(gateway.command(
                                "trust", "--export", folder.resolve("root.pem").toString())
                        .status())
                .isZero();
    }

    @AfterAll
    static void end() {
        if (rig != null) {
            rig.close();
        }
    }

    /** With a certificate of its own for that name, which is in a file of that name. */
    private static int server(String name, String kind) {
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
                "10",
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
                kind,
                "-quiet");
        return port;
    }

    private static Outcome client(int port, String... options) {
        List<String> words = new ArrayList<>(List.of(
                "sh",
                "-c",
                "printf 'hello\\n' | \"$@\"",
                "sh",
                openssl,
                "s_client",
                "-quiet",
                "-verify_return_error",
                "-connect",
                "127.0.0.1:" + port));
        words.addAll(List.of(options));
        return Rig.attempt(folder, Map.of(), words.toArray(String[]::new));
    }

    @Test
    void ends_tls_for_a_target_that_speaks_none() {
        for (String name : new String[] {"localhost", "db.localhost", "machine.local"}) {
            Outcome answer = client(first, "-CAfile", "root.pem", "-servername", name, "-verify_hostname", name);
            assertThat(answer.stdout()).as(answer.stderr()).isEqualTo("you said hello\n");
            assertThat(answer.status()).isZero();
        }
        assertThat(client(first, "-CAfile", "root.pem", "-noservername", "-verify_ip", "127.0.0.1")
                        .stdout())
                .isEqualTo("you said hello\n");
        assertThat(client(first, "-CAfile", "root.pem", "-servername", "www.example.com")
                        .stderr())
                .contains("unrecognized name");
        assertThat(client(first, "-CAfile", "root.pem", "-tls1_1").status()).isNotZero();
        assertThat(client(first + 1, "-CAfile", "localhost.pem", "-verify_hostname", "localhost")
                        .stdout())
                .isEqualTo("you said hello\n");
    }

    @Test
    void begins_tls_with_a_target_that_proves_who_it_is_or_need_not() {
        // One after the other, as s_server takes them.
        try (Wire strict = Wire.connect(first + 2)) {
            assertThat(strict.awaitEnd()).isEqualTo(Wire.End.RESET);
        }
        try (Wire careless = Wire.connect(first + 3)) {
            careless.send("hello\n");
            assertThat(careless.until("\n", Eventually.LIMIT)).isEqualTo("olleh\n");
        }
        Outcome status = gateway.command("status");
        assertThat(status.stdout())
                .contains("tcp " + first + " (TLS)", "-> tls://localhost:" + stranger)
                .contains("tls://localhost:" + stranger
                        + ": TLS failed, nobody whom this machine trusts has signed its certificate")
                .contains("-> one.test: localhost:" + one + ", *.two.test: localhost:" + two);
        assertThat(status.stderr())
                .contains("verify is false: whoever answers for this tls target is taken for it")
                .contains("the certificate of the forward " + (first + 1) + " expires at ");
        assertThat(gateway.output()).contains("tcp " + first + " (TLS)");
    }

    @Test
    void each_name_reaches_the_server_with_its_own_certificate_and_no_other_reaches_any() {
        Programs.require("curl");
        for (String name : new String[] {"one.test", "sub.two.test"}) {
            Outcome answer = ask(name, name);
            assertThat(answer.status()).as(answer.stderr()).isZero();
            assertThat(answer.stdout()).contains("s_server");
        }
        Outcome unknown = ask("elsewhere.test", "one.test");
        assertThat(unknown.status()).isNotZero();
        assertThat(unknown.stderr()).contains("unrecognized name");
    }

    private static Outcome ask(String name, String certificate) {
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
                name + ":" + (first + 4) + ":127.0.0.1",
                "https://" + name + ":" + (first + 4) + "/");
    }
}
