package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forwards with TLS on either side, between openssl's own client and server. */
class TlsForwardIT {

    @TempDir
    Path folder;

    private Outcome client(String openssl, int port, String options) {
        return Rig.attempt(
                folder,
                Map.of(),
                "sh",
                "-c",
                "printf 'hello\\n' | " + openssl + " s_client -quiet -verify_return_error -connect 127.0.0.1:" + port
                        + " " + options);
    }

    @Test
    void openssl_as_a_client_and_as_a_server() {
        String openssl = Programs.require("openssl").toString();
        try (Rig rig = new Rig(folder);
                TcpPeer plain = TcpPeer.start(wire -> {
                    wire.send("you said " + wire.until("\n", Eventually.LIMIT));
                    wire.finish();
                    wire.awaitEnd();
                })) {
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
                    "/CN=stranger",
                    "-addext",
                    "subjectAltName=DNS:localhost",
                    "-keyout",
                    "key.pem",
                    "-out",
                    "cert.pem");
            int server = Rig.freePort();
            rig.server(
                    server,
                    folder,
                    Map.of(),
                    openssl,
                    "s_server",
                    "-accept",
                    "127.0.0.1:" + server,
                    "-cert",
                    "cert.pem",
                    "-key",
                    "key.pem",
                    "-rev",
                    "-quiet");
            int first = Rig.freePorts(4);
            PackagedGateway gateway = rig.gateway(
                    """
                    access-log: off
                    forwards:
                      "%d": {to: %d, tls: auto}
                      "%d": {to: %d, tls: {cert: cert.pem, key: key.pem}}
                      "%d": tls://localhost:%d
                      "%d": {to: tls://localhost:%d, verify: false}
                    """.formatted(first, plain.port(), first + 1, plain.port(), first + 2, server, first + 3, server));
            Rig.awaitPort(first + 3, gateway.process());
            assertThat(gateway.command(
                                    "trust",
                                    "--export",
                                    folder.resolve("root.pem").toString())
                            .status())
                    .isZero();

            for (String name : new String[] {"localhost", "db.localhost", "machine.local"}) {
                Outcome answer =
                        client(openssl, first, "-CAfile root.pem -servername " + name + " -verify_hostname " + name);
                assertThat(answer.stdout()).as(answer.stderr()).isEqualTo("you said hello\n");
                assertThat(answer.status()).isZero();
            }
            assertThat(client(openssl, first, "-CAfile root.pem -noservername -verify_ip 127.0.0.1")
                            .stdout())
                    .isEqualTo("you said hello\n");
            assertThat(client(openssl, first, "-CAfile root.pem -servername www.example.com")
                            .stderr())
                    .contains("unrecognized name");
            assertThat(client(openssl, first, "-CAfile root.pem -tls1_1").status())
                    .isNotZero();
            assertThat(client(openssl, first + 1, "-CAfile cert.pem -verify_hostname localhost")
                            .stdout())
                    .isEqualTo("you said hello\n");

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
                    .contains("tcp " + first + " (TLS)", "-> tls://localhost:" + server)
                    .contains("tls://localhost:" + server
                            + ": TLS failed, nobody whom this machine trusts has signed its certificate");
            assertThat(status.stderr())
                    .contains("verify is false: whoever answers for this tls target is taken for it")
                    .contains("the certificate of the forward " + (first + 1) + " expires at ");
            assertThat(gateway.output()).contains("tcp " + first + " (TLS)");
        }
    }
}
