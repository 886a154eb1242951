package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host and ports of a machine, lent to its network and found there by address and by name. */
class ShareIT {

    /** Asks the network for a name, as a phone does, until somebody answers with 10.77.0.1. */
    private static final String RESOLVER = """
            import socket, struct, sys, time
            group = '224.0.0.251'
            own = socket.inet_aton('10.77.0.1')
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            s.bind(('', 5353))
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + own)
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own)
            labels = b''.join(bytes([len(l)]) + l for l in (b'app', b'local')) + bytes(1)
            s.settimeout(1)
            for i in range(30):
                s.sendto(struct.pack("!6H", 0, 0, 1, 0, 0, 0) + labels + struct.pack("!2H", 1, 1), (group, 5353))
                try:
                    while True:
                        answer = s.recv(9000)
                        if answer[2] & 0x80 and labels in answer and own in answer:
                            print('app.local is 10.77.0.1')
                            sys.exit(0)
                except socket.timeout:
                    pass
            sys.exit('nobody knows app.local')
            """;

    private static final String SCRIPT = """
            ip route add 224.0.0.0/4 dev lan0
            python3 -m http.server 3000 --bind 127.0.0.1 >server.log 2>&1 &
            server=$!
            "$1" share app.localhost --config loopgate.yaml --announce --qr >app.log 2>&1 &
            app=$!
            "$1" share 3000 --allow 10.77.0.0/24 --for 4s >port.log 2>&1 &
            port=$!
            trap 'kill $server $app 2>/dev/null || true; wait' EXIT
            says() { grep -qF "$2" "$1"; }
            status() { curl -s -o /dev/null -w '%{http_code}' --max-time 10 "$@"; }
            await says app.log 'Ctrl-C ends it'
            await says port.log 'Ctrl-C ends it'
            echo "by address: $(status http://10.77.0.1:62893/)"
            echo "by its name: $(status -H 'Host: app.localhost' http://10.77.0.1:62893/)"
            echo "no other host: $(curl -s -H 'Host: secret.localhost' http://10.77.0.1:62893/ | grep -c hidden)"
            echo "as bytes: $(status http://10.77.0.1:3000/)"
            echo "not let in: $(status --interface 127.0.0.1 http://10.77.0.1:3000/ || true)"
            python3 -c "$RESOLVER"
            wait $port
            echo "over: $(status http://10.77.0.1:3000/ || true)"
            kill -TERM $app
            wait $app
            echo "gone: $(status http://10.77.0.1:62893/ || true)"
            trap - EXIT
            kill $server
            wait $server || true
            cat app.log port.log
            """;

    @TempDir
    Path folder;

    @Test
    void others_reach_what_is_shared_and_nothing_else_until_it_ends() {
        String said = OwnNetwork.outcome(
                folder, List.of("python3", "curl"), "RESOLVER='" + RESOLVER.replace("'", "\"") + "'\n" + SCRIPT, """
                hosts:
                  app.localhost: 3000
                  secret.localhost: {respond: {body: hidden}}
                """);
        assertThat(said)
                .contains(
                        "by address: 200",
                        "by its name: 200",
                        "no other host: 0",
                        "as bytes: 200",
                        "not let in: 000",
                        "app.local is 10.77.0.1",
                        "over: 000",
                        "gone: 000",
                        "app.localhost is OPEN TO THE NETWORK",
                        "  http://10.77.0.1:62893/   lan0",
                        "  http://app.local:62893/",
                        "\u2588\u2588",
                        "localhost:3000 is OPEN TO THE NETWORK until ",
                        "  10.77.0.1:3000   lan0",
                        "10.77.0.1 is there");
    }
}
