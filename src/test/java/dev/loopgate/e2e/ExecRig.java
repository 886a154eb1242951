package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RunningProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A folder of a project with a server in it, an own home, and {@code loopgate exec} in both. */
final class ExecRig implements AutoCloseable {

    /** Says which signals it gets, and goes on for a moment after each. */
    private static final String SERVER = """
            import http.server, os, signal, sys, threading, time
            def told(number, frame):
                os.write(1, b"got %s\\n" % signal.Signals(number).name.encode())
                threading.Thread(target=lambda: (time.sleep(0.5), os._exit(7))).start()
            for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(one, told)
            class Page(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write((os.environ["LOOPGATE_URL"] + " " + os.environ["HOST"]).encode())
                def log_message(self, *words):
                    pass
            time.sleep(float(os.environ.get("LATE", "0")))
            server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page)
            print("pid", os.getpid(), flush=True)
            server.serve_forever()
            """;

    private final Rig rig;
    private final Path home;
    private final Path shop;
    private final int port = Rig.freePort();

    /** Skips the test where there is no Python. */
    ExecRig(Path folder) {
        Programs.require("python3");
        rig = new Rig(folder);
        home = rig.folder("home");
        shop = rig.folder("shop");
        rig.file("shop/server.py", SERVER);
    }

    Rig rig() {
        return rig;
    }

    Path home() {
        return home;
    }

    /** The folder of the project, which is named so. */
    Path shop() {
        return shop;
    }

    /** Of the gateway. */
    int port() {
        return port;
    }

    @Override
    public void close() {
        rig.close();
        endGateways(home);
    }

    /** Those that were started in the background are nobody's children: found by their sockets, which are named by process. */
    static void endGateways(Path home) {
        Path sockets = home.resolve(".run/loopgate");
        if (!Files.isDirectory(sockets)) {
            return;
        }
        try (Stream<Path> all = Files.list(sockets)) {
            for (Path socket : (Iterable<Path>) all::iterator) {
                String pid = socket.getFileName().toString().replaceFirst("\\D.*", "");
                // One that was killed has left its socket, and its number may be another's by now.
                ProcessHandle.of(Long.parseLong(pid))
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(" run --ends-alone-after "))
                        .ifPresent(gateway -> {
                            gateway.destroy();
                            Eventually.until("the gateway ends", Rig.LIMIT, () -> !runs(gateway));
                        });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PackagedGateway gateway(String hosts) {
        return rig.gateway(configure(hosts), port);
    }

    /** Writes the gateway's file. */
    Path configure(String hosts) {
        return rig.file("loopgate.yaml", "listen: 127.0.0.1:" + port + "\n" + hosts);
    }

    RunningProcess exec(String... words) {
        List<String> all = new ArrayList<>(List.of("exec"));
        all.addAll(List.of(words));
        return rig.with(PackagedGateway.start(home, shop, all.toArray(String[]::new)));
    }

    /** Any command in the folder of the project, run to its end. */
    Outcome command(String... words) {
        return PackagedGateway.command(home, shop, words);
    }

    static String launcher() {
        return PackagedGateway.checkout().resolve("loopgate").toString();
    }

    /** Of the gateway; empty where there is none. */
    JsonObject status() {
        Outcome outcome = command("status", "--json");
        return outcome.status() == 0 ? new JsonObject(outcome.stdout()) : new JsonObject();
    }

    String body(String host) {
        try (RawClient client = RawClient.connect(port)) {
            return client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .response()
                    .body();
        }
    }

    static void awaitUrl(RunningProcess exec, String host) {
        Eventually.until(
                "the URL of " + host,
                Rig.LIMIT,
                () -> !exec.alive() || exec.stderr().contains("http://" + host + ":"));
        assertThat(exec.stderr()).contains("http://" + host + ":");
    }

    /** One that has ended and that nobody asks for its exit status has no command any more. */
    static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }
}
