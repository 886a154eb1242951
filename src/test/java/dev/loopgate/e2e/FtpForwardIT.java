package dev.loopgate.e2e;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * An FTP server that listens on 127.0.0.1 only, reached by another address: its port for commands and the range that it opens
 * the others from.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "every address of 127.0.0.0/8 is the machine's")
class FtpForwardIT {

    /** Started by root, the server serves as the user "ftp"; by anybody else, as that user. */
    static final boolean BY_ROOT = System.getProperty("user.name").equals("root");

    /** Stands for the address that others know this machine by. */
    private static final String LAN = "127.0.0.2";

    private static final int RANGE = 10;

    @TempDir
    Path folder;

    @Test
    void uploads_downloads_and_lists_by_epsv_which_names_a_port_only() throws IOException {
        try (Rig rig = new Rig(folder)) {
            String log = transfers(LAN + ":" + forwarded(rig, LAN));
            assertThat(log).contains("229 Entering Extended Passive Mode (|||").doesNotContain("227 ");
        }
    }

    @Test
    void uploads_downloads_and_lists_by_pasv_at_the_address_that_the_server_names() throws IOException {
        try (Rig rig = new Rig(folder)) {
            String log = transfers(LAN + ":" + forwarded(rig, LAN), "--disable-epsv", "--no-ftp-skip-pasv-ip");
            assertThat(log)
                    .contains("227 Entering Passive Mode (" + LAN.replace('.', ',') + ",")
                    .doesNotContain("229 ");
        }
    }

    @Test
    void a_client_on_ipv6_reaches_a_server_on_ipv4_by_epsv() throws IOException {
        assumeIpv6();
        try (Rig rig = new Rig(folder)) {
            assertThat(transfers("[::1]:" + forwarded(rig, "[::1]"))).contains("229 Entering Extended Passive Mode");
        }
    }

    @Test
    void an_upload_and_a_download_run_at_once() throws IOException {
        try (Rig rig = new Rig(folder)) {
            String url = "ftp://" + LAN + ":" + forwarded(rig, LAN);
            byte[] bytes = random(8_000_000);
            Path up = Files.write(folder.resolve("up"), bytes);
            Path down = Files.write(folder.resolve("srv/down"), bytes);
            Path back = folder.resolve("back");
            // Each is held up in its middle until the other has begun.
            Path on = folder.resolve("on");
            String held = "until [ -e '" + on + "' ]; do sleep 0.02; done";
            String curl = String.join(" ", curl("-v", "--noproxy", "'*'", "--max-time", "50"));
            RunningProcess upload = shell(
                    rig,
                    "{ head -c 1000000 '%s'; %s; tail -c +1000001 '%s'; } | %s -T - %s/incoming/up"
                            .formatted(up, held, up, curl, url));
            RunningProcess download = shell(rig, "%s %s/down | { %s; cat >'%s'; }".formatted(curl, url, held, back));
            Path there = folder.resolve("srv/incoming/up");
            Eventually.until(
                    "both to have begun",
                    Rig.LIMIT,
                    () -> there.toFile().length() > 0 && download.stderr().contains("< 150 "));
            assertThat(upload.stderr() + download.stderr()).doesNotContain("< 226 ");
            Files.createFile(on);

            assertThat(upload.awaitExit(Rig.LIMIT)).as(upload.stderr()).isZero();
            assertThat(download.awaitExit(Rig.LIMIT)).as(download.stderr()).isZero();
            assertThat(Files.mismatch(up, there)).isEqualTo(-1);
            assertThat(Files.mismatch(down, back)).isEqualTo(-1);
        }
    }

    /** An upload, the download of it, and a listing; gives what curl said on the way. */
    private String transfers(String at, String... options) throws IOException {
        List<String> curl = new ArrayList<>(List.of(curl("-v", "--globoff", "--noproxy", "*", "--max-time", "50")));
        curl.addAll(List.of(options));
        String incoming = "ftp://" + at + "/incoming/";
        Path file = Files.write(folder.resolve("file"), random(8_000_000));
        Path back = folder.resolve("back");
        StringBuilder log = new StringBuilder();

        log.append(run(curl, "-T", file.toString(), incoming).stderr());
        assertThat(Files.mismatch(file, folder.resolve("srv/incoming/file"))).isEqualTo(-1);
        log.append(run(curl, "-o", back.toString(), incoming + "file").stderr());
        assertThat(Files.mismatch(file, back)).isEqualTo(-1);
        Outcome listing = run(curl, "--list-only", incoming);
        assertThat(listing.stdout().strip()).isEqualTo("file");
        return log.append(listing.stderr()).toString();
    }

    private Outcome run(List<String> curl, String... arguments) {
        List<String> command = new ArrayList<>(curl);
        command.addAll(List.of(arguments));
        Outcome outcome = Rig.attempt(folder, Map.of(), command.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.stderr()).isZero();
        return outcome;
    }

    private static String[] curl(String... options) {
        List<String> command = new ArrayList<>(List.of(Programs.require("curl").toString(), "--disable", "--silent"));
        command.addAll(List.of(options));
        return command.toArray(String[]::new);
    }

    private static RunningProcess shell(Rig rig, String script) {
        return rig.with(RunningProcess.start(rig.folder(), Map.of(), List.of("sh", "-c", script)));
    }

    /** Starts a server and a gateway in front of it, on the same ports of that address. Gives the one for commands. */
    private static int forwarded(Rig rig, String address) {
        int first = Rig.freePorts(RANGE + 1);
        int port = first + RANGE;
        String range = first + "-" + (port - 1);
        server(rig, port, first);
        PackagedGateway gateway = rig.gateway("forwards:\n  \"%s:%d\": 127.0.0.1:%d\n  \"%s:%s\": 127.0.0.1:%s\n"
                .formatted(address, port, port, address, range, range));
        Eventually.until("a start", Rig.LIMIT, () -> gateway.output().contains("listening on"));
        return port;
    }

    private static void server(Rig rig, int port, int first) {
        String vsftpd = Programs.require("vsftpd").toString();
        Path incoming = rig.folder("srv/incoming");
        if (BY_ROOT) {
            rig.run("chown", "ftp", incoming.toString());
        }
        Path settings = rig.file(
                "vsftpd.conf",
                String.join(
                        "\n",
                        "listen=YES",
                        "listen_ipv6=NO",
                        "listen_address=127.0.0.1",
                        "listen_port=" + port,
                        "background=NO",
                        "pasv_min_port=" + first,
                        "pasv_max_port=" + (first + RANGE - 1),
                        "pasv_address=" + LAN,
                        "port_enable=NO",
                        "anonymous_enable=YES",
                        "local_enable=NO",
                        "one_process_model=YES",
                        "run_as_launching_user=" + (BY_ROOT ? "NO" : "YES"),
                        "anon_root=" + incoming.getParent(),
                        "write_enable=YES",
                        "anon_upload_enable=YES",
                        "anon_umask=022",
                        ""));
        rig.server(port, rig.folder(), Map.of(), vsftpd, settings.toString());
    }

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }
}
