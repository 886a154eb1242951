package dev.loopgate.e2e;

import dev.loopgate.testkit.Programs;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A PostgreSQL server with an empty database, on a port of localhost. */
final class Postgres {

    private Postgres() {}

    /** Starts one that ends with the rig and that lets in {@code postgres} without a password; gives its port. */
    static int start(Rig rig) {
        int port = Rig.freePort();
        start(rig, port);
        return port;
    }

    static void start(Rig rig, int port) {
        String data = rig.folder("data").toString();
        // The server refuses to run as root, and its folder must be its user's.
        List<String> asUser = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            asUser.addAll(List.of(Programs.require("runuser").toString(), "-u", "postgres", "--"));
            rig.run("chown", "postgres", data);
        }
        rig.run(with(asUser, program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-N"));
        rig.server(
                port,
                rig.folder(),
                Map.of(),
                with(
                        asUser,
                        program("postgres"),
                        "-D",
                        data,
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=localhost",
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "fsync=off"));
    }

    private static String[] with(List<String> before, String... command) {
        List<String> whole = new ArrayList<>(before);
        whole.addAll(List.of(command));
        return whole.toArray(String[]::new);
    }

    /** Debian keeps its programs out of the PATH. */
    private static String program(String name) {
        File[] versions = new File("/usr/lib/postgresql").listFiles();
        if (versions != null) {
            Arrays.sort(versions);
            for (File version : versions) {
                Path candidate = version.toPath().resolve("bin").resolve(name);
                if (Files.isExecutable(candidate)) {
                    return candidate.toString();
                }
            }
        }
        return Programs.require(name).toString();
    }
}
