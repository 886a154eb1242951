package dev.loopgate.diagnose;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.HostPort;
import dev.loopgate.net.Diagnosis.Finding;
import dev.loopgate.net.Diagnosis.Kind;
import dev.loopgate.net.Diagnosis.Symptom;
import dev.loopgate.testkit.Browser;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.ScriptedBackend;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.TlsPeer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Faults of real processes, as the gateway's answers tell them. */
@ExtendWith(LeakCheck.class)
class UpstreamDiagnosisTest {

    @TempDir
    Path folder;

    /** A web server that is a process of its own, working in the test's folder. */
    private RunningProcess serve(String address, int port) {
        RunningProcess server = RunningProcess.start(
                folder,
                Map.of(),
                List.of(Programs.require("python3").toString(), "-c", """
                        import http.server, socket, sys
                        class S(http.server.HTTPServer):
                            address_family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
                        S((sys.argv[1], int(sys.argv[2])), http.server.SimpleHTTPRequestHandler).serve_forever()
                        """, address, Integer.toString(port)));
        Eventually.until("a server on " + address + ": " + server.stderr(), Duration.ofSeconds(30), () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), 1000);
                return true;
            } catch (IOException notYet) {
                return false;
            }
        });
        return server;
    }

    private static RunningGateway gateway(UpstreamAddress upstream, UpstreamDiagnosis diagnosis) {
        return RunningGateway.start(
                Sites.of(Sites.host(
                        "app.localhost",
                        Sites.route(
                                "/",
                                Sites.to(upstream, "", new dev.loopgate.model.Target.PathRewrite.Keep()),
                                Sites.options()
                                        .waitMillis(0)
                                        .firstByteMillis(300)
                                        .build()))),
                diagnosis);
    }

    private static RawResponse get(RunningGateway gateway, String accept) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get("app.localhost", "/", "Accept: " + accept).response();
        }
    }

    private static JsonObject json(RunningGateway gateway) {
        return new JsonObject(get(gateway, "application/json").body());
    }

    /** The answer's findings, once the machine has had the time to look. */
    private static JsonObject found(RunningGateway gateway, Kind kind) {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        return Eventually.value(
                "a finding of " + kind,
                () -> json(gateway).getJsonArray("diagnosis").stream()
                        .map(JsonObject.class::cast)
                        .filter(each -> each.getString("kind").equals(name))
                        .findFirst()
                        .orElse(null));
    }

    @Test
    void names_the_process_that_had_the_port_until_it_ended() throws IOException {
        int port = TcpPeer.closedPort();
        UpstreamDiagnosis diagnosis = new UpstreamDiagnosis();
        UpstreamAddress upstream = new UpstreamAddress.LoopbackPort(port);
        RunningProcess server = serve("127.0.0.1", port);
        long pid = server.pid();
        try (RunningGateway gateway = gateway(upstream, diagnosis);
                Browser browser = Browser.open(Files.createDirectory(folder.resolve("profile")))) {
            assertThat(get(gateway, "*/*").status()).isEqualTo(200);
            Eventually.until("it is remembered", () -> diagnosis.remembers(upstream));
            server.close();

            JsonObject former = found(gateway, Kind.FORMER_HOLDER);
            assertThat(former.getString("text"))
                    .contains("(pid " + pid)
                    .contains("had the port")
                    .contains("has ended since")
                    .containsPattern("It answered last at \\d\\d:\\d\\d:\\d\\d");
            assertThat(former.getJsonObject("process").getMap())
                    .containsEntry("pid", (int) pid)
                    .containsEntry("directory", folder.toRealPath().toString());

            browser.show("http://app.localhost:" + gateway.port() + "/");
            browser.await("document.querySelector('.found')?.innerText.includes('(pid " + pid + ",')", "true");
        } finally {
            server.close();
        }
    }

    @Test
    void finds_the_service_that_came_back_on_another_port() {
        UpstreamDiagnosis diagnosis = new UpstreamDiagnosis();
        int port = TcpPeer.closedPort();
        UpstreamAddress upstream = new UpstreamAddress.LoopbackPort(port);
        try (RunningProcess before = serve("127.0.0.1", port)) {
            diagnosis.remember(List.of(upstream));
            assertThat(before.alive()).isTrue();
        }
        int next = TcpPeer.closedPort();
        try (RunningProcess server = serve("127.0.0.1", next)) {
            assertThat(diagnosis.examine(upstream, Symptom.REFUSED, Optional.empty()))
                    .extracting(Finding::kind)
                    .containsExactly(Kind.FORMER_HOLDER, Kind.OTHER_PORT);
            assertThat(diagnosis
                            .examine(upstream, Symptom.REFUSED, Optional.empty())
                            .get(1))
                    .satisfies(found -> assertThat(found.text()).contains("(pid " + server.pid(), "127.0.0.1:" + next));
        }
    }

    @Test
    void tells_that_the_service_listens_on_the_other_family_only() {
        assumeIpv6();
        int port = TcpPeer.closedPort();
        try (RunningProcess server = serve("::1", port);
                RunningGateway gateway = gateway(new HostPort("127.0.0.1", port), new UpstreamDiagnosis())) {
            JsonObject other = found(gateway, Kind.OTHER_FAMILY);
            assertThat(other.getString("text"))
                    .contains("(pid " + server.pid())
                    .contains("listens on [::1]:" + port + " only, not on 127.0.0.1:" + port);
            RawResponse page = get(gateway, "text/html");
            assertThat(page.status()).isEqualTo(502);
            assertThat(page.error()).isEqualTo("wrong-family");
            assertThat(page.body()).contains("Set the target to " + port + " alone");
        }
    }

    @Test
    void of_several_on_the_port_it_is_the_one_of_the_other_family() {
        assumeIpv6();
        int port = TcpPeer.closedPort();
        UpstreamAddress upstream = new HostPort("127.0.0.1", port);
        try (TcpPeer other = TcpPeer.start("127.0.0.2", port, wire -> {});
                RunningProcess server = serve("::1", port)) {
            assertThat(new UpstreamDiagnosis().examine(upstream, Symptom.REFUSED, Optional.empty()))
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.kind()).isEqualTo(Kind.OTHER_FAMILY);
                        assertThat(found.text())
                                .contains("(pid " + server.pid(), "listens on [::1]:" + port + " only")
                                .doesNotContain("127.0.0.2");
                    });
            assertThat(other.port()).isEqualTo(port);
        }
    }

    @Test
    void tells_that_the_service_listens_on_another_address_only() {
        int port = TcpPeer.closedPort();
        try (RunningProcess server = serve("127.0.0.2", port);
                RunningGateway gateway = gateway(new UpstreamAddress.LoopbackPort(port), new UpstreamDiagnosis())) {
            JsonObject other = found(gateway, Kind.OTHER_ADDRESS);
            assertThat(other.getString("text")).contains("(pid " + server.pid()).contains("127.0.0.2:" + port);
            assertThat(json(gateway).getString("fix")).contains("127.0.0.2:" + port);
        }
    }

    @Test
    void tells_that_a_plain_target_speaks_tls() {
        try (TlsPeer server = new TlsPeer(TlsPeer.keys(folder, "dns:localhost"), "");
                RunningGateway gateway =
                        gateway(new UpstreamAddress.LoopbackPort(server.port()), new UpstreamDiagnosis())) {
            found(gateway, Kind.TLS);
            RawResponse page = get(gateway, "*/*");
            assertThat(page.status()).isEqualTo(502);
            assertThat(page.error()).isEqualTo("wrong-protocol");
            assertThat(page.body()).contains("speaks TLS", "plain http://");
        }
    }

    @Test
    void tells_that_the_process_is_stopped() {
        int port = TcpPeer.closedPort();
        try (RunningProcess server = serve("127.0.0.1", port);
                RunningGateway gateway = gateway(new UpstreamAddress.LoopbackPort(port), new UpstreamDiagnosis())) {
            server.signal("STOP");
            try {
                JsonObject stopped = found(gateway, Kind.STOPPED);
                assertThat(stopped.getString("text")).contains("(pid " + server.pid(), "is stopped");
                RawResponse answer = get(gateway, "*/*");
                assertThat(answer.status()).isEqualTo(504);
                assertThat(answer.body()).contains("kill -CONT " + server.pid());
            } finally {
                server.signal("CONT");
            }
        }
    }

    @Test
    void names_the_process_behind_a_connection_that_breaks() {
        try (ScriptedBackend backend = ScriptedBackend.start("A");
                RunningGateway gateway =
                        gateway(new UpstreamAddress.LoopbackPort(backend.port()), new UpstreamDiagnosis())) {
            backend.always(new PeerAction.Drop(PeerAction.Then.CLOSE));
            assertThat(found(gateway, Kind.HOLDER).getString("text"))
                    .contains("(pid " + ProcessHandle.current().pid());
        }
    }

    @Test
    void knows_nothing_of_other_machines() {
        List<Finding> findings =
                new UpstreamDiagnosis().examine(new HostPort("192.0.2.1", 80), Symptom.NOT_TAKEN, Optional.empty());
        assertThat(findings).isEmpty();
        assertThat(new UpstreamDiagnosis().examine(new HostPort("db.example", 80), Symptom.REFUSED, Optional.empty()))
                .isEmpty();
    }
}
