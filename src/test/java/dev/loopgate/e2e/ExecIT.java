package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.RunningProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dev server behind a name: a real one, with real signals. */
class ExecIT {

    /** Runs its arguments on a terminal of their own, types Ctrl-C once a URL is there, and tells how all ended. */
    private static final String TERMINAL = """
            import os, pty, select, sys, termios
            master, slave = pty.openpty()
            before = termios.tcgetattr(slave)
            child = os.fork()
            if child == 0:
                os.login_tty(slave)
                os.execvp(sys.argv[1], sys.argv[1:])
            seen, typed, status = b"", False, None
            while status is None:
                if select.select([master], [], [], 0.1)[0]:
                    seen += os.read(master, 4096)
                if b"leads to port" in seen and not typed:
                    os.write(master, bytes([3]))
                    typed = True
                pid, ended = os.waitpid(child, os.WNOHANG)
                if pid:
                    status = os.waitstatus_to_exitcode(ended)
            while select.select([master], [], [], 0.5)[0]:
                seen += os.read(master, 4096)
            print(seen.decode(), "status", status, "times", seen.count(b"got SIGINT"),
                  "terminal", "as before" if termios.tcgetattr(slave) == before else "changed")
            """;

    @TempDir
    Path folder;

    private ExecRig rig;

    @BeforeEach
    void project() {
        rig = new ExecRig(folder);
    }

    @AfterEach
    void nothing_is_left() {
        rig.close();
    }

    private static ProcessHandle server(RunningProcess exec) {
        Eventually.until("a server", Rig.LIMIT, () -> exec.stdout().contains("pid "));
        String pid = exec.stdout().replaceFirst("(?s).*?pid ([0-9]+).*", "$1");
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    @Test
    void a_route_is_there_from_when_the_server_listens_until_it_ends() {
        rig.gateway("hosts: {other.localhost: {respond: {body: other}}}\n");
        RunningProcess exec = rig.exec("--", "env", "LATE=8", "python3", "server.py");
        Eventually.until("a guard and a server", Rig.LIMIT, () -> descendants(exec) >= 2);
        assertThat(rig.body("shop.localhost")).doesNotContain("127.0.0.1 ").contains("shop.localhost");
        assertThat(exec.stderr()).doesNotContain("http://");

        ExecRig.awaitUrl(exec, "shop.localhost");
        assertThat(rig.body("shop.localhost")).isEqualTo("http://shop.localhost:" + rig.port() + " 127.0.0.1");
        assertThat(rig.command("exec", "shop", "--", "true").stderr())
                .contains("shop.localhost is taken, by loopgate exec (process " + exec.pid() + ")", "--force");
        assertThat(rig.command("exec", "other", "--", "true").stderr())
                .contains("other.localhost is taken, by ", "loopgate.yaml");

        ProcessHandle server = server(exec);
        // By its number alone: the server does not get it from the terminal.
        exec.terminate();
        assertThat(exec.awaitExit(Rig.LIMIT)).isEqualTo(7);
        assertThat(exec.stdout()).containsOnlyOnce("got SIGTERM");
        assertThat(ExecRig.runs(server)).isFalse();
        assertThat(rig.status().getJsonArray("attached")).isEmpty();
        assertThat(rig.body("other.localhost")).isEqualTo("other");
    }

    private static long descendants(RunningProcess exec) {
        return ProcessHandle.of(exec.pid())
                .map(process -> process.children().count())
                .orElse(0L);
    }

    @Test
    void another_takes_the_place_of_one_by_force_and_follows_a_server_to_the_port_of_its_own() {
        rig.gateway("");
        RunningProcess first = rig.exec("--", "python3", "server.py");
        ExecRig.awaitUrl(first, "shop.localhost");
        int own = Rig.freePort();
        RunningProcess second = rig.exec("shop", "--force", "--", "env", "PORT=" + own, "python3", "server.py");

        ExecRig.awaitUrl(second, "shop.localhost");
        assertThat(first.alive()).isFalse();
        assertThat(second.stderr()).contains("it listens on " + own + ", not on PORT=");
        assertThat(rig.body("shop.localhost")).startsWith("http://shop.localhost");
    }

    @Test
    void two_at_once_start_one_gateway_that_binds_loopback_only() throws IOException {
        rig.rig().file("shop/loopgate.yaml", "listen: 0.0.0.0:" + rig.port() + "\n");
        RunningProcess web = rig.exec("web", "--", "python3", "server.py");
        // It passes a signal on to its child, and then to the whole group that it has made.
        List<String> command =
                List.of("timeout", "600", ExecRig.launcher(), "exec", "api", "--", "python3", "server.py");
        RunningProcess api =
                rig.rig().with(RunningProcess.start(rig.shop(), PackagedGateway.environment(rig.home()), command));
        ExecRig.awaitUrl(web, "web.localhost");
        ExecRig.awaitUrl(api, "api.localhost");

        assertThat(rig.body("web.localhost")).startsWith("http://web.localhost");
        assertThat(rig.body("api.localhost")).startsWith("http://api.localhost");
        JsonObject status = rig.status();
        assertThat(status.getJsonArray("listeners").encode()).doesNotContain("0.0.0.0");
        assertThat(Files.readString(rig.home().resolve(".state/loopgate/gateway.log")))
                .contains("attached exec web.localhost");
        web.signal("INT");
        assertThat(web.awaitExit(Rig.LIMIT)).isEqualTo(7);
        assertThat(web.stdout()).containsOnlyOnce("got SIGINT");
        assertThat(api.alive()).isTrue();
        api.terminate();
        assertThat(api.awaitExit(Rig.LIMIT)).isEqualTo(7);
        assertThat(api.stdout()).containsOnlyOnce("got SIGTERM");
    }

    @Test
    void a_stranger_on_the_port_is_named_before_anything_is_started() {
        rig.rig().file("shop/loopgate.yaml", "listen: " + rig.port() + "\n");
        rig.rig()
                .server(
                        rig.port(),
                        rig.shop(),
                        Map.of(),
                        "python3",
                        "-m",
                        "http.server",
                        "--bind",
                        "127.0.0.1",
                        Integer.toString(rig.port()));

        Outcome outcome = rig.command("exec", "--", "python3", "server.py");

        assertThat(outcome.status()).isEqualTo(4);
        assertThat(outcome.stderr()).contains("http.server");
        assertThat(outcome.stdout()).isEmpty();
    }

    @Test
    void ctrl_c_reaches_the_server_once_and_the_terminal_is_left_as_it_was() {
        rig.gateway("");
        rig.rig().file("terminal.py", TERMINAL);

        String said = rig.rig()
                .run(
                        rig.shop(),
                        PackagedGateway.environment(rig.home()),
                        "python3",
                        folder.resolve("terminal.py").toString(),
                        ExecRig.launcher(),
                        "exec",
                        "--",
                        "sh",
                        "-c",
                        "stty raw -echo isig; exec python3 server.py");

        assertThat(said).contains("status 7 times 1 terminal as before");
    }

    @Test
    void an_end_of_its_own_is_passed_on_and_a_command_that_there_is_none_of_is_127() {
        rig.gateway("");
        assertThat(rig.command("exec", "--", "sh", "-c", "exit 3").status()).isEqualTo(3);
        assertThat(rig.command("exec", "--", "sh", "-c", "kill -9 $$").status()).isEqualTo(137);
        Outcome none = rig.command("exec", "--", "no-such-program", "--json");
        assertThat(none.status()).isEqualTo(127);
        assertThat(none.stderr()).contains("no-such-program: no such program is in the PATH");
    }
}
