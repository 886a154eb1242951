package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An SSH server that listens on localhost only, reached through a forward. */
class SshForwardIT {

    private static final String USER = System.getProperty("user.name");
    /** Started by root, the server wants this folder, which its service makes otherwise. */
    private static final Path SEPARATION = Path.of("/run/sshd");

    @TempDir
    Path folder;

    private boolean separationMade;

    @BeforeEach
    void make_room() throws IOException {
        if (USER.equals("root") && !Files.exists(SEPARATION)) {
            Files.createDirectory(SEPARATION);
            separationMade = true;
        }
    }

    @AfterEach
    void clear_up() throws IOException {
        if (separationMade) {
            Files.delete(SEPARATION);
        }
    }

    @Test
    void commands_run_with_their_streams_and_statuses_and_files_are_copied_both_ways() throws IOException {
        String ssh = Programs.require("ssh").toString();
        try (Rig rig = new Rig(folder)) {
            int port = rig.forward(server(rig));
            String options = options(rig, port);
            String at = USER + "@127.0.0.1";

            Outcome command = Rig.attempt(
                    folder, Map.of(), ssh, "-F", options, at, "echo to standard output; echo to the other >&2; exit 7");
            assertThat(command).isEqualTo(new Outcome(7, "to standard output\n", "to the other\n"));
            // What a client pipes in ends with a half-closed connection; the answer comes after that.
            assertThat(rig.run("sh", "-c", "seq 200000 | " + ssh + " -F " + options + " " + at + " sha256sum"))
                    .isEqualTo(rig.run("sh", "-c", "seq 200000 | sha256sum"));

            byte[] bytes = new byte[8_000_000];
            new Random(7).nextBytes(bytes);
            Path file = Files.write(folder.resolve("file"), bytes);
            Path there = folder.resolve("there");
            Path back = folder.resolve("back");
            String scp = Programs.require("scp").toString();
            rig.run(scp, "-q", "-F", options, file.toString(), at + ":" + there);
            Path batch = rig.file("batch", "get " + there + " " + back + "\n");
            rig.run(Programs.require("sftp").toString(), "-q", "-F", options, "-b", batch.toString(), at);
            assertThat(Files.mismatch(file, there)).isEqualTo(-1);
            assertThat(Files.mismatch(file, back)).isEqualTo(-1);
        }
    }

    /** Starts a server of its own keys, as whoever runs the tests; gives its port. */
    private static int server(Rig rig) {
        String sshd = Programs.require("sshd").toString();
        String keygen = Programs.require("ssh-keygen").toString();
        for (String key : List.of("host_key", "user_key")) {
            rig.run(
                    keygen,
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-f",
                    rig.folder().resolve(key).toString());
        }
        int port = Rig.freePort();
        Path settings = rig.file(
                "sshd_config",
                String.join(
                        "\n",
                        "ListenAddress 127.0.0.1:" + port,
                        "HostKey " + rig.folder().resolve("host_key"),
                        "AuthorizedKeysFile " + rig.folder().resolve("user_key.pub"),
                        "PidFile none",
                        "UsePAM no",
                        "StrictModes no",
                        "PermitRootLogin yes",
                        "PasswordAuthentication no",
                        "Subsystem sftp internal-sftp",
                        ""));
        rig.server(port, rig.folder(), Map.of(), sshd, "-D", "-e", "-f", settings.toString());
        return port;
    }

    private static String options(Rig rig, int port) {
        return rig.file(
                        "ssh_config",
                        String.join(
                                "\n",
                                "Port " + port,
                                "IdentityFile " + rig.folder().resolve("user_key"),
                                "IdentitiesOnly yes",
                                "IdentityAgent none",
                                "BatchMode yes",
                                "ConnectTimeout 20",
                                "StrictHostKeyChecking accept-new",
                                "UserKnownHostsFile " + rig.folder().resolve("known_hosts"),
                                "LogLevel ERROR",
                                ""))
                .toString();
    }
}
