package dev.loopgate.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.loopgate.doctor.Circumstances.Setup;
import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.model.Configuration;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Surroundings, proxies, clock, descriptors. */
class MachineChecksTest {

    /** Has 19 descriptors open, and may have 20. */
    private static final String ALMOST_ALL =
            "ulimit -n 20; for ((i = 3; i < 19; i++)); do eval \"exec $i</dev/null\"; done; echo ready; sleep 60";

    @TempDir
    Path root;

    @Test
    void tells_wsl_and_containers_from_other_machines() throws IOException {
        SurroundingsCheck check = new SurroundingsCheck(new SystemFiles(root), variable -> null);
        assertThat(check.look()).isEmpty();

        Files.writeString(root.resolve(".dockerenv"), "");
        assertThat(check.look())
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence())
                        .contains("this is a container", "host.docker.internal", "listen on 0.0.0.0"));

        Files.createDirectories(root.resolve("proc"));
        Files.writeString(
                root.resolve("proc/version"), "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1)\n");
        assertThat(check.look())
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence()).contains("this is WSL"));

        SurroundingsCheck podman = new SurroundingsCheck(
                new SystemFiles(root.resolve("none")), variable -> variable.equals("container") ? "podman" : null);
        assertThat(podman.look())
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence()).contains("host.containers.internal"));
    }

    @Test
    void warns_of_a_proxy_that_gets_what_is_meant_for_this_machine() {
        List<String> hosts = List.of("localhost", "127.0.0.1", "app.localhost", "app.test");

        List<Finding> caught = proxies(hosts, Map.of("http_proxy", "http://proxy:3128", "no_proxy", "example.com"));
        assertThat(caught).singleElement().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Status.WARN);
            assertThat(finding.evidence())
                    .contains("http_proxy is set", "localhost, 127.0.0.1, app.localhost and 1 more");
            assertThat(finding.fix())
                    .contains("export no_proxy=example.com,localhost,127.0.0.1,::1,.localhost,app.test");
        });

        assertThat(proxies(
                        hosts,
                        Map.of(
                                "HTTPS_PROXY",
                                "http://proxy:3128",
                                "NO_PROXY",
                                "localhost,127.0.0.0/8,*.localhost,.test")))
                .extracting(Finding::status)
                .containsExactly(Status.OK);
        assertThat(proxies(hosts, Map.of("all_proxy", "socks5://proxy", "no_proxy", "*")))
                .extracting(Finding::status)
                .containsExactly(Status.OK);
        assertThat(proxies(hosts, Map.of())).isEmpty();
    }

    private static List<Finding> proxies(List<String> hosts, Map<String, String> environment) {
        return new ProxyVariablesCheck(environment::get, hosts).look();
    }

    @Test
    void a_file_that_was_written_tomorrow_shows_a_clock_that_is_behind() throws IOException {
        Path file = Files.writeString(root.resolve("loopgate.yaml"), "");
        ClockCheck check = new ClockCheck(Clock.systemUTC(), List.of(root.resolve("gone"), file));
        assertThat(check.look()).extracting(Finding::status).containsExactly(Status.OK);

        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofDays(1))));
        assertThat(check.look()).singleElement().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Status.WARN);
            assertThat(finding.evidence()).contains(file + " was written at ");
            assertThat(finding.fix()).contains("sudo timedatectl set-ntp true");
        });
    }

    @Test
    void tells_a_gateway_that_has_hardly_any_descriptor_left() {
        try (RunningProcess gateway = RunningProcess.start(root, Map.of(), List.of("bash", "-c", ALMOST_ALL))) {
            Eventually.until("its descriptors", () -> !gateway.stdout().isEmpty());
            Setup setup = new Setup(
                    Optional.of(Path.of("loopgate.yaml")),
                    Optional.of(Configuration.EMPTY),
                    List.of(),
                    Optional.of(new Circumstances.Running(gateway.pid(), List.of(), List.of())));
            assertThat(new DescriptorCheck(SystemFiles.HERE, List.of(setup)).look())
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.status()).isEqualTo(Status.FAIL);
                        // What the shell opens for itself in between counts, too.
                        assertThat(finding.evidence()).containsPattern("has (19|20) of 20 descriptors open");
                        assertThat(finding.fix())
                                .contains("sudo prlimit --pid " + gateway.pid() + " --nofile=65536:65536");
                    });
        }
    }

    @Test
    void a_limit_below_what_hosts_and_forwards_take_is_a_warning() throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(
                root.resolve("proc/self/limits"),
                "Max open files            64                   100                  files\n");
        Setup setup = new Setup(
                Optional.of(Path.of("loopgate.yaml")), Optional.of(Configuration.EMPTY), List.of(), Optional.empty());
        assertThat(new DescriptorCheck(new SystemFiles(root), List.of(setup)).look())
                .extracting(Finding::status, Finding::evidence)
                .containsExactly(
                        tuple(
                                Status.WARN,
                                "a gateway for loopgate.yaml may open 100 descriptors, and its hosts and forwards can take 120"));
    }
}
