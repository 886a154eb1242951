package dev.loopgate.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A folder as {@code /proc} is, for what not every machine has. */
@EnabledIf("isLittleEndian")
class LinuxMachineTest {

    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    @TempDir
    Path proc;

    private LinuxMachine machine;

    static boolean isLittleEndian() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }

    @BeforeEach
    void tables() throws IOException {
        Files.createDirectory(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), HEAD + """
                   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000    70        0 11
                   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12
                   2: 0100007F:1F90 0100007F:C000 01 00000000:00000000 00:00000000 00000000     0        0 13
                """);
        Files.writeString(proc.resolve("net/tcp6"), HEAD + """
                   0: 00000000000000000000000001000000:1538 00000000000000000000000000000000:0000 0A 0:0 00:0 0 70 0 14
                   1: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 99 0 15
                """);
        Files.writeString(proc.resolve("net/udp"), HEAD + """
                   0: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16
                   1: 0100007F:0036 0100007F:0035 01 00000000:00000000 00:00000000 00000000     0        0 17
                """);
        Path passwd = Files.writeString(proc.resolve("passwd"), "root:x:0:0::/:/bin/sh\npostgres:x:70:70::/:/bin/sh\n");
        machine = new LinuxMachine(proc, passwd);
    }

    private void process(long pid, long started, String comm, String command, String program, long... sockets)
            throws IOException {
        Path folder = Files.createDirectory(proc.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("comm"), comm + "\n");
        Files.writeString(folder.resolve("cmdline"), command);
        Files.writeString(folder.resolve("status"), "Name:\t" + comm + "\nUid:\t0\t70\t0\t0\n");
        Files.writeString(folder.resolve("stat"), pid + " (a) b) S " + "0 ".repeat(18) + started + " 0 0");
        Files.createSymbolicLink(folder.resolve("exe"), Path.of(program));
        Files.createDirectory(folder.resolve("fd"));
        for (long socket : sockets) {
            Files.createSymbolicLink(folder.resolve("fd/" + socket), Path.of("socket:[" + socket + "]"));
        }
    }

    @Test
    void reads_both_families_and_only_who_listens() {
        assertThat(machine.listening())
                .extracting(each -> each.protocol() + " " + Addresses.text(each.address()))
                .containsExactlyInAnyOrder(
                        "tcp 127.0.0.1:5432",
                        "tcp 0.0.0.0:8080",
                        "tcp [::1]:5432",
                        "tcp 127.0.0.1:80",
                        "udp 127.0.0.1:53");
    }

    @Test
    void names_the_user_where_the_process_may_not_be_seen() {
        assertThat(machine.listening())
                .contains(
                        new ListeningSocket(
                                Protocol.TCP,
                                new InetSocketAddress(Addresses.LOOPBACK4, 5432),
                                0,
                                Optional.of("postgres")),
                        new ListeningSocket(
                                Protocol.TCP, new InetSocketAddress(Addresses.LOOPBACK4, 80), 0, Optional.of("99")));
    }

    @Test
    void of_several_that_share_a_socket_it_is_the_first_and_never_systemd() throws IOException {
        process(1, 0, "systemd", "/sbin/init\0", "/usr/lib/systemd/systemd", 12);
        process(400, 50, "nginx", "nginx: worker process\0", "/usr/sbin/nginx", 12);
        process(500, 40, "nginx", "nginx: master process\0", "/usr/sbin/nginx", 12, 99);
        assertThat(machine.listening())
                .filteredOn(each -> each.address().getPort() == 8080)
                .extracting(ListeningSocket::pid)
                .containsExactly(500L);
    }

    @Test
    void names_a_program_as_its_user_does() throws IOException {
        process(7, 1, "redis-server", "/usr/bin/redis-server\0*:6379\0", "/usr/bin/redis-check-rdb");
        process(8, 1, "MainThread", "node\0server.js\0", "/usr/bin/node (deleted)");
        process(9, 1, "chromium-browse", "/usr/lib/chromium-browser\0--x\0", "/opt/other");
        process(10, 1, "sshd", "sshd: [listener]\0", "/usr/sbin/sshd");
        process(11, 1, "kworker", "", "none");
        assertThat(machine.process(7)).get().satisfies(process -> {
            assertThat(process.name()).isEqualTo("redis-server");
            assertThat(process.command().whole()).isEqualTo("/usr/bin/redis-server *:6379");
            assertThat(process.user()).isEqualTo("postgres");
            assertThat(process.directory()).isEmpty();
        });
        assertThat(machine.process(8)).get().extracting(OpenPort.Owner::name).isEqualTo("node");
        assertThat(machine.process(9)).get().extracting(OpenPort.Owner::name).isEqualTo("chromium-browser");
        assertThat(machine.process(10)).get().extracting(OpenPort.Owner::name).isEqualTo("sshd");
        assertThat(machine.process(11))
                .get()
                .extracting(process -> process.command().whole())
                .isEqualTo("kworker");
        assertThat(machine.process(12)).isEmpty();
    }
}
