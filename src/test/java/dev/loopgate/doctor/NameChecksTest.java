package dev.loopgate.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.diagnose.HostsFile;
import dev.loopgate.diagnose.ResolverCheck;
import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that nobody knows, that lead elsewhere, or that a name server withholds. */
class NameChecksTest {

    @TempDir
    Path root;

    private SystemFiles files() {
        return new SystemFiles(root);
    }

    private List<Finding> names(int dnsPort, String... names) {
        return new NameCheck(
                        List.of(names),
                        false,
                        new ResolverCheck(),
                        new HostsFile(root.resolve("etc/hosts")),
                        new NameServers(files(), dnsPort))
                .look();
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc").resolve(file), text);
    }

    @Test
    void a_name_that_nobody_knows_gets_a_line_for_the_hosts_file() throws IOException {
        write("resolv.conf", "search example\n");
        assertThat(names(1, "localhost", "no-such-name.invalid"))
                .satisfiesExactly(
                        good -> assertThat(good.evidence()).isEqualTo("localhost leads to this machine"), unknown -> {
                            assertThat(unknown.status()).isEqualTo(Status.FAIL);
                            assertThat(unknown.evidence())
                                    .isEqualTo("nobody knows the name no-such-name.invalid: neither " + root
                                            + "/etc/hosts nor a name server");
                            assertThat(unknown.fix())
                                    .contains("echo '127.0.0.1 no-such-name.invalid' | sudo tee -a /etc/hosts");
                        });
    }

    @Test
    void a_line_of_the_hosts_file_that_leads_elsewhere_is_named() throws IOException {
        write("hosts", "# own\n127.0.0.1 localhost\n192.0.2.7\tapp.test  # the old server\n");
        HostsFile hosts = new HostsFile(root.resolve("etc/hosts"));
        assertThat(hosts.of("APP.test")).containsExactly(new HostsFile.Entry(3, "192.0.2.7", List.of("app.test")));
        assertThat(hosts.of("own")).isEmpty();

        assertThat(NameCheck.foreign(
                        "app.test", List.of(InetAddress.getByName("192.0.2.7")), hosts, new NameServers(files(), 1)))
                .get()
                .satisfies(finding -> assertThat(finding.evidence())
                        .isEqualTo("app.test leads to 192.0.2.7, by line 3 of " + root + "/etc/hosts"));
    }

    /** A real server with the filter that routers have. */
    @Test
    void a_name_server_that_filters_against_rebinding_is_told_from_one_that_does_not_know_the_name()
            throws IOException {
        String dnsmasq = Programs.require("dnsmasq").toString();
        int source = ThreadLocalRandom.current().nextInt(20_000, 30_000);
        int filter = source + 1;
        write("resolv.conf", "nameserver 127.0.0.1\n");
        NameServers servers = new NameServers(files(), filter);
        try (RunningProcess upstream =
                        dnsmasq(dnsmasq, source, "--address=/app.invalid/127.0.0.1", "--address=/gone.invalid/");
                RunningProcess router = dnsmasq(dnsmasq, filter, "--server=127.0.0.1#" + source, "--stop-dns-rebind")) {
            Eventually.until(
                    "both answer " + upstream.stderr() + router.stderr(),
                    () -> new NameServers(files(), source).ask("app.invalid") == NameServers.Answer.FOUND
                            && servers.ask("gone.invalid") == NameServers.Answer.UNKNOWN);

            assertThat(names(filter, "app.invalid"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.evidence())
                            .startsWith("the name server 127.0.0.1 gives no address for app.invalid")
                            .contains("against DNS rebinding"));
            assertThat(names(filter, "gone.invalid"))
                    .singleElement()
                    .satisfies(
                            finding -> assertThat(finding.evidence()).startsWith("nobody knows the name gone.invalid"));
        }
        assertThat(servers.ask("app.invalid")).isEqualTo(NameServers.Answer.NONE);
        assertThat(servers.ask("..")).isEqualTo(NameServers.Answer.NONE);
    }

    private RunningProcess dnsmasq(String program, int port, String... more) {
        List<String> command = new ArrayList<>(List.of(
                program,
                "--keep-in-foreground",
                "--no-hosts",
                "--no-resolv",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--user=",
                "--bind-interfaces",
                "--listen-address=127.0.0.1",
                "--log-facility=-",
                "--port=" + port));
        command.addAll(List.of(more));
        return RunningProcess.start(root, Map.of(), command);
    }
}
