package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.doctor.Finding;
import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.ScriptedBackend;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

    @TempDir
    Path folder;

    /** A busy machine takes its time. */
    private Invocation doctor(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "doctor";
        all[1] = "--timeout";
        all[2] = "60s";
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return Invocation.of(folder, Map.of("XDG_RUNTIME_DIR", folder.toString()), "", all);
    }

    private static List<JsonObject> findings(Invocation doctor) {
        return StatusLists.objects(doctor.json(), "findings");
    }

    @Test
    void a_port_that_nobody_has_fails_with_a_status_and_in_json() {
        try (ClosedPort closed = new ClosedPort()) {
            Invocation doctor = doctor(Integer.toString(closed.port()));
            assertThat(doctor.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(doctor.out()).contains("FAIL  port", "nobody listens on port " + closed.port());
            assertThat(doctor.err()).contains("1 thing fails");

            Invocation json = doctor("--json", ":" + closed.port());
            assertThat(json.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(json.json().getBoolean("good")).isFalse();
            assertThat(findings(json))
                    .anySatisfy(finding -> assertThat(finding.getMap())
                            .containsEntry("check", "port")
                            .containsEntry("status", "fail")
                            .containsKey("evidence"));
        }
    }

    @Test
    void a_port_that_answers_is_good() {
        try (ScriptedBackend backend = ScriptedBackend.start("app")) {
            Invocation doctor = doctor("--json", Integer.toString(backend.port()));
            assertThat(doctor.status()).as(doctor.out()).isZero();
            assertThat(findings(doctor))
                    .extracting(finding -> finding.getString("evidence"))
                    .anyMatch(text -> text.contains("listens on 127.0.0.1:" + backend.port()))
                    .anyMatch(text -> text.contains("127.0.0.1:" + backend.port() + " answers HTTP/1.1 200"));
        }
    }

    @Test
    void a_name_of_the_configuration_is_followed_to_an_upstream_that_is_down() throws IOException {
        try (ClosedPort closed = new ClosedPort();
                ClosedPort listen = new ClosedPort()) {
            Files.writeString(
                    folder.resolve("loopgate.yaml"),
                    "listen: " + listen.port() + "\nhosts: {app.localhost: " + closed.port() + "}\n");
            Invocation doctor = doctor("app.localhost");
            assertThat(doctor.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(doctor.out())
                    .contains(
                            "no gateway runs ",
                            "fix: loopgate run --config ",
                            "app.localhost / of ",
                            "app.localhost: 127.0.0.1:" + closed.port() + " refuses connections: nobody listens there");
            assertThat(doctor("ap.localhost").out()).contains("did you mean app.localhost?");
        }
    }

    @Test
    void the_whole_machine_is_looked_at_and_what_a_gateway_left_stays_where_it_is() throws IOException {
        Path left = Files.createDirectories(folder.resolve("loopgate")).resolve("999999.sock");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(left));
        }
        Files.writeString(folder.resolve("loopgate.yaml"), "hots: {}\n");
        Invocation doctor = doctor();
        assertThat(doctor.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(doctor.out())
                .contains(left + " is left from a gateway", "fix: rm " + left, "loopgate.yaml:1:1: ", "ok    clock");
        assertThat(left).exists();
    }

    @Test
    void what_is_no_port_and_no_url_is_wrong_usage() {
        assertThat(doctor("70000").status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(doctor("0").err()).contains("ports are numbers from 1 to 65535");
        assertThat(doctor("ftp://x").status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(doctor("http://x:99999/").status()).isEqualTo(ExitStatus.WRONG_USAGE);
    }

    @Test
    void marks_have_colours_where_a_terminal_takes_them_and_are_words_elsewhere() {
        List<Finding> findings = List.of(
                new Finding("a", Status.OK, "good", Optional.empty()),
                new Finding("port", Status.FAIL, "bad", Optional.of("kill 1")));
        assertThat(new DoctorView(Style.PLAIN).lines(findings))
                .containsExactly("ok    a     good", "FAIL  port  bad", "            fix: kill 1");
        assertThat(String.join("\n", new DoctorView(new Style(true)).lines(findings)))
                .contains("✓", "✗", "kill 1");
    }
}
