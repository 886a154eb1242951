package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Privileged ports for a user who may not bind them, on a machine of its own. */
class SocketActivationIT {

    /** Does what systemd does, sd_listen_fds(3): binds, hands over sockets that block, becomes the program. */
    private static final String SYSTEMD = """
            import fcntl, os, socket, sys
            end = sys.argv.index("--")
            held = []
            for address in sys.argv[1:end]:
                kind, host, port = address.split(",")
                family = socket.AF_INET6 if ":" in host else socket.AF_INET
                one = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
                one.bind((host, int(port)))
                if kind == "tcp":
                    one.listen()
                held.append(fcntl.fcntl(one, fcntl.F_DUPFD, 100))
            for number, one in enumerate(held):
                os.dup2(one, 3 + number)
            os.closerange(3 + len(held), 1000)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(held)), LISTEN_FDNAMES="a")
            os.execvp(sys.argv[end + 1], sys.argv[end + 1:])
            """;

    /** A user without rights, whose checkout is the jar and its launcher, and {@code $gateway} and what it said. */
    private static final String USER = """
            mkdir checkout checkout/target
            cp "$1" checkout/
            cp "${1%/*}/target/loopgate.jar" checkout/target/
            unset XDG_RUNTIME_DIR
            mkdir own
            chown -R 65534:65534 own checkout
            export HOME="$PWD/own" XDG_STATE_HOME="$PWD/own"
            launcher="$PWD/checkout/loopgate"
            user='setpriv --reuid=65534 --regid=65534 --clear-groups'
            gateway=
            server=
            echo=
            trap 'kill $gateway $server $echo 2>/dev/null || true; wait' EXIT
            said() { grep -qF "$1" gateway.log; }
            page() { [ "$(curl -s -m 5 --noproxy '*' -H 'Host: app.localhost' "$1")" = "$2" ]; }
            """;

    private static final String SCRIPT = USER + """
            mkdir pages
            echo hello >pages/page
            python3 -m http.server 8080 --bind 127.0.0.1 --directory pages >server.log 2>&1 &
            server=$!
            cat >udp.py <<'END'
            import socket, sys
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            one.settimeout(2)
            if len(sys.argv) > 1:
                for number in range(20):
                    one.sendto(b"%d" % number, ("127.0.0.1", 53))
                    assert one.recvfrom(99) == (b"<%d>" % number, ("127.0.0.1", 53))
            else:
                one.settimeout(None)
                one.bind(("127.0.0.1", 5353))
                while True:
                    text, client = one.recvfrom(99)
                    one.sendto(b"<" + text + b">", client)
            END
            python3 udp.py &
            echo=$!
            python3 systemd.py tcp,127.0.0.1,80 tcp,::1,80 tcp,127.0.0.1,81 udp,127.0.0.1,53 tcp,::,82 udp,0.0.0.0,83 -- \\
              $user "$launcher" run --config loopgate.yaml >gateway.log 2>&1 &
            gateway=$!
            await said 'listening on 127.0.0.1:80 and [::1]:80'
            await page http://127.0.0.1/ pong
            page 'http://[::1]/' pong
            await page http://127.0.0.1:81/page hello
            await python3 udp.py ask
            await said 'socket of 0.0.0.0:83'
            echo "variables: $(tr '\\0' '\\n' </proc/$gateway/environ | grep -c LISTEN_)"
            grep -v forwards loopgate.yaml >without
            cp loopgate.yaml with
            mv without loopgate.yaml
            await said '+0 ~0 -2'
            page http://127.0.0.1/ pong
            mv with loopgate.yaml
            await said '+2 ~0 -0'
            await page http://127.0.0.1:81/page hello
            await python3 udp.py ask
            cat gateway.log
            """;

    private static final String REFUSED = USER + """
            status=0
            $user "$launcher" run --config loopgate.yaml >gateway.log 2>&1 || status=$?
            echo "status $status"
            cat gateway.log
            python3 systemd.py tcp,::,80 -- $user "$launcher" run --config loopgate.yaml >gateway.log 2>&1 || true
            said 'cannot listen on 127.0.0.1:80: '
            said 'warning: the TCP socket of [::]:80 that was handed over (LISTEN_FDS) is not used'
            sed -i 's/^listen: 80/listen: 8000/' loopgate.yaml
            $user "$launcher" run --config loopgate.yaml >gateway.log 2>&1 &
            gateway=$!
            await said 'cannot listen on 127.0.0.1:53/udp'
            await said 'ListenDatagram=127.0.0.1:53  '
            echo 53 >/proc/sys/net/ipv4/ip_unprivileged_port_start
            await said 'forward 127.0.0.1:53/udp listens now'
            """;

    private static final String ON_DEMAND = USER + """
            systemd-socket-activate -l 127.0.0.1:80 -l '[::1]:80' \\
              $user env HOME=/nonexistent "$launcher" run --config loopgate.yaml >gateway.log 2>&1 &
            gateway=$!
            await page http://127.0.0.1/ pong
            page 'http://[::1]/' pong
            await said 'listening on 127.0.0.1:80 and [::1]:80'
            cat gateway.log
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void writeSystemd() throws IOException {
        Files.writeString(folder.resolve("systemd.py"), SYSTEMD);
    }

    @Test
    void serves_ports_80_81_and_53_without_rights_on_sockets_that_it_is_handed_also_after_a_reload_without_them() {
        String said = outcome(SCRIPT, List.of(), "forwards: {\"127.0.0.1:81\": 8080, \"127.0.0.1:53/udp\": 5353}\n");
        assertThat(said)
                .contains(
                        "variables: 0\n",
                        "warning: the TCP socket of [::]:82 that was handed over (LISTEN_FDS) is not used",
                        "write listen: \"[::]:82\" or forwards: {\"[::]:82\": PORT}",
                        "warning: the UDP socket of 0.0.0.0:83",
                        "ListenDatagram=127.0.0.1:83")
                .doesNotContain("not listening", "cannot listen", "\tat ");
    }

    @Test
    void a_refused_port_is_told_with_the_ways_to_have_it() {
        assertThat(outcome(REFUSED, List.of(), "forwards: {\"127.0.0.1:53/udp\": 5353}\n"))
                .contains(
                        "status 1\n",
                        "loopgate: cannot listen on 127.0.0.1:80: the system keeps ports below 1024 for the privileged",
                        "\n  systemd binds it and hands it over:  ListenStream=127.0.0.1:80  in",
                        "'/etc/authbind/byport/80'  and then  authbind --deep loopgate run\n",
                        "\n  every user may bind ports from 80 up:  sudo sysctl net.ipv4.ip_unprivileged_port_start=80\n",
                        "\n  every program that this Java runs may bind any port:  sudo setcap cap_net_bind_service=+ep /",
                        "libjli.so")
                .doesNotContain("Exception", "\tat ");
    }

    @Test
    void starts_with_the_first_client_of_systemd_socket_activate() {
        assertThat(outcome(ON_DEMAND, List.of("systemd-socket-activate"), ""))
                .contains("listening on 127.0.0.1:80 and [::1]:80");
    }

    @Test
    void the_units_of_the_documentation_are_good_ones() throws IOException {
        String analyze = Programs.require("systemd-analyze").toString();
        Path checkout = PackagedGateway.checkout();
        List<String> units = new Readme(Files.readString(checkout.resolve("docs/systemd.md"))).blocks("ini");
        assertThat(units).hasSize(4);
        for (String whose : List.of("--system", "--user")) {
            int first = whose.equals("--system") ? 0 : 2;
            Path place = Files.createDirectory(folder.resolve(whose.substring(2)));
            Files.writeString(place.resolve("loopgate.socket"), units.get(first));
            Files.writeString(
                    place.resolve("loopgate.service"),
                    units.get(first + 1).replaceFirst("ExecStart=\\S+", "ExecStart=" + checkout.resolve("loopgate")));
            Outcome verified = Rig.attempt(
                    place,
                    Map.of("XDG_RUNTIME_DIR", folder.toString()),
                    analyze,
                    whose,
                    "verify",
                    "./loopgate.socket",
                    "./loopgate.service");
            assertThat(verified.stdout() + verified.stderr()).isEmpty();
            assertThat(verified.status()).isZero();
        }
    }

    private String outcome(String script, List<String> programs, String forwards) {
        List<String> all = new ArrayList<>(List.of("python3", "curl", "setpriv"));
        all.addAll(programs);
        return OwnNetwork.outcome(
                folder,
                all,
                script,
                "listen: 80\naccess-log: off\nhosts: {app.localhost: {respond: {status: 200, body: pong}}}\n"
                        + forwards);
    }
}
