package dev.loopgate.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.DiskTexts;
import dev.loopgate.config.ReadResult;
import dev.loopgate.doctor.Circumstances.DeadSocket;
import dev.loopgate.doctor.Circumstances.Running;
import dev.loopgate.doctor.Circumstances.Setup;
import dev.loopgate.doctor.Circumstances.Trouble;
import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.model.Configuration;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.JobControl;
import dev.loopgate.net.PortHolders;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PortHog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gateways, what they have left, what their files ask for. */
class GatewayChecksTest {

    @TempDir
    Path folder;

    private final Path file = Path.of("loopgate.yaml");

    @Test
    void tells_gateways_that_run_that_are_in_trouble_and_that_left_a_socket() {
        Running running = new Running(
                17,
                List.of(new InetSocketAddress(Addresses.LOOPBACK4, 62893)),
                List.of(new Trouble("tcp lan:5432 does not listen", Optional.of("kill 5"))));
        Setup setup = new Setup(
                Optional.of(file), Optional.empty(), List.of("loopgate.yaml:1:1: no", "more"), Optional.of(running));
        assertThat(new GatewayCheck(List.of(setup), List.of(new DeadSocket(folder.resolve("9.sock"), true))).look())
                .extracting(
                        Finding::status,
                        Finding::evidence,
                        finding -> finding.fix().orElse(""))
                .containsExactly(
                        tuple(Status.OK, "pid 17 runs loopgate.yaml on 127.0.0.1:62893", ""),
                        tuple(Status.FAIL, "tcp lan:5432 does not listen", "kill 5"),
                        tuple(
                                Status.WARN,
                                folder + "/9.sock is left from a gateway that was ended by force",
                                "rm " + folder + "/9.sock"),
                        tuple(
                                Status.FAIL,
                                "loopgate.yaml:1:1: no, and 1 more problems",
                                "loopgate check --config loopgate.yaml"));
        assertThat(new GatewayCheck(List.of(), List.of()).look())
                .extracting(finding -> finding.fix().orElse(""))
                .containsExactly("loopgate run");
    }

    @Test
    void a_gateway_that_is_stopped_is_told_from_one_that_is_busy() {
        try (PortHog stopped = PortHog.start("127.0.0.1", 0, false)) {
            stopped.signal("STOP");
            try {
                Eventually.until("it is stopped", () -> JobControl.isStopped(stopped.pid()));
                List<DeadSocket> sockets = List.of(
                        new DeadSocket(folder.resolve(stopped.pid() + ".sock"), false),
                        new DeadSocket(folder.resolve(ProcessHandle.current().pid() + "-1.sock"), false));
                assertThat(new GatewayCheck(List.of(), sockets).look())
                        .extracting(finding -> finding.fix().orElse(""))
                        .containsExactly("loopgate run", "kill -CONT " + stopped.pid(), "");
            } finally {
                stopped.signal("CONT");
            }
        }
    }

    @Test
    void a_port_that_a_gateway_would_not_get_is_told_before_it_is_started() throws IOException {
        try (PortHog hog = PortHog.start("127.0.0.1", 0, false);
                PortHog gateway = PortHog.start("127.0.0.1", 0, false, "-jar", "loopgate.jar")) {
            Setup setup = setup("listen: " + gateway.port() + "\nforwards: {\"127.0.0.2:" + hog.port() + "\": 1, \""
                    + hog.port() + "\": 1}\n");
            assertThat(new ListenCheck(setup, setup.configuration().orElseThrow(), Facts.ports()).look())
                    .extracting(Finding::status, finding -> finding.fix().orElse(""))
                    .containsExactly(
                            tuple(Status.FAIL, "loopgate attach " + setup.name()),
                            tuple(Status.FAIL, "kill " + hog.pid()));
        }
    }

    @Test
    void a_path_with_a_blank_and_a_quote_can_be_copied_all_the_same() throws IOException {
        Path odd = Files.createDirectory(folder.resolve("ann's work"));
        Path written = Files.writeString(odd.resolve("loopgate.yaml"), "hosts: {docs.localhost: {files: ./none}}\n");
        Setup setup = setup(written);
        String quoted = "'" + folder + "/ann'\\''s work/";
        assertThat(new GatewayCheck(List.of(), List.of(new DeadSocket(odd.resolve("9.sock"), true))).look())
                .last()
                .satisfies(finding -> assertThat(finding.fix()).contains("rm " + quoted + "9.sock'"));
        assertThat(new PortCheck(1, List::of, Facts.SOCKETS, PortHolders.UNKNOWN, Optional.of(setup.name()), Set.of())
                        .look())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.fix()).contains("loopgate run --config " + quoted + "loopgate.yaml'"));
        assertThat(route(setup.configuration().orElseThrow(), "docs.localhost", "/")
                        .fix())
                .contains("mkdir -p " + quoted + "none'");
        try (PortHog gateway = PortHog.start("127.0.0.1", 0, false, "-jar", "loopgate.jar")) {
            Files.writeString(written, "listen: " + gateway.port() + "\n");
            Setup taken = setup(written);
            assertThat(new ListenCheck(taken, taken.configuration().orElseThrow(), Facts.ports()).look())
                    .singleElement()
                    .satisfies(finding ->
                            assertThat(finding.fix()).contains("loopgate attach " + quoted + "loopgate.yaml'"));
        }
        assertThat(route(setup.configuration().orElseThrow(), "*", "/").fix()).contains("hosts: {\"*\": 3000}");
    }

    @Test
    void a_url_is_followed_to_its_route_and_upstream() throws IOException {
        Setup setup = setup("""
                listen: 62893
                hosts:
                  app.localhost: {routes: {/api: {to: http://localhost:3000/base, rewrite: /v2}, /loop: 62893}}
                  docs.localhost: {files: ./none}
                  old.localhost: {redirect: http://app.localhost, status: 308}
                """);
        Configuration configuration = setup.configuration().orElseThrow();
        assertThat(route(configuration, "app.localhost", "/api/x"))
                .satisfies(finding -> assertThat(finding.evidence())
                        .isEqualTo("app.localhost /api of file leads to http://localhost:3000/base"));
        assertThat(route(configuration, "app.localhost", "/other"))
                .satisfies(finding -> assertThat(finding.evidence())
                        .startsWith("404: none of the routes of app.localhost has the path /other, but /api"));
        assertThat(route(configuration, "ap.localhost", "/"))
                .satisfies(finding -> assertThat(finding.evidence())
                        .startsWith("404: file has no host ap.localhost; did you mean app.localhost"));
        assertThat(route(configuration, "docs.localhost", "/").status()).isEqualTo(Status.FAIL);
        assertThat(route(configuration, "old.localhost", "/").evidence()).contains("http://app.localhost, by 308");

        assertThat(checks(configuration, "app.localhost", "/api/x"))
                .singleElement()
                .satisfies(check -> {
                    TargetCheck target = (TargetCheck) check;
                    assertThat(target.path()).isEqualTo("/base/v2/x");
                    assertThat(target.host()).isEqualTo("app.localhost:62893");
                });
        assertThat(checks(configuration, "app.localhost", "/loop"))
                .flatExtracting(Check::look)
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence()).contains("508", "is the gateway itself"));
    }

    private static Subject.Url url(String host, String path) {
        return new Subject.Url("http", host, OptionalInt.empty(), path);
    }

    private static Finding route(Configuration configuration, String host, String path) {
        return new RouteCheck("file", RouteCheck.table(configuration), url(host, path))
                .look()
                .get(0);
    }

    private static List<Check> checks(Configuration configuration, String host, String path) {
        return new RouteCheck("file", RouteCheck.table(configuration), url(host, path))
                .matched()
                .map(matched -> new RouteTargets(configuration, matched.host(), matched.route(), Facts.connecting())
                        .checks(host + ":62893", RouteTargets.rewritten(path, matched), Status.FAIL))
                .orElse(List.of());
    }

    private Setup setup(String text) throws IOException {
        return setup(Files.writeString(folder.resolve("loopgate.yaml"), text));
    }

    private static Setup setup(Path written) throws IOException {
        ReadResult result = new ConfigurationReader(variable -> null).read(written, new DiskTexts());
        assertThat(result).isInstanceOf(ReadResult.Valid.class);
        return new Setup(
                Optional.of(written),
                Optional.of(((ReadResult.Valid) result).configuration()),
                List.of(),
                Optional.empty());
    }
}
