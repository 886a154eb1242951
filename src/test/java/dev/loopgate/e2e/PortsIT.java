package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsIT {

    private static final String SCRIPT = """
            launcher=$1
            mkdir shop
            echo '{}' >shop/package.json
            echo '<title>The shop</title>' >shop/index.html
            (cd shop && exec python3 -m http.server 8080 --bind 127.0.0.1) >server.log 2>&1 &
            server=$!
            python3 -m http.server 8081 --bind 10.77.0.1 --directory shop >server.log 2>&1 &
            lan=$!
            mkdir checkout checkout/target own
            cp "$launcher" checkout/
            cp "${launcher%/*}/target/loopgate.jar" checkout/target/
            chown -R 65534:65534 own checkout
            "$launcher" probe --listen 9000 >echo.log 2>&1 &
            echo=$!
            trap 'kill $server $lan $echo 2>/dev/null || true; wait' EXIT
            await grep -q Ctrl-C echo.log
            await curl -s -o page --noproxy '*' http://127.0.0.1:8080/
            await curl -s -o page --noproxy '*' http://10.77.0.1:8081/
            echo "= all"
            "$launcher" ports
            echo "= hidden"
            HOME="$PWD/own" setpriv --reuid=65534 --regid=65534 --clear-groups checkout/loopgate ports 8080-8081 2>&1
            echo "= probe"
            "$launcher" probe 9000
            ip route add unreachable 10.99.0.1
            "$launcher" probe 10.99.0.1:80 2>&1 || echo "status $?"
            kill $echo
            wait $echo && echo "echo 0"
            grep tcp echo.log
            """;

    @TempDir
    Path folder;

    @Test
    void says_who_listens_to_root_and_what_is_missing_to_others() {
        String said = OwnNetwork.outcome(folder, List.of("python3", "curl", "setpriv"), SCRIPT, "listen: 80\n");
        assertThat(part(said, "= all", "= hidden"))
                .containsPattern("tcp 8080 +python3\\S*, pid \\d+, root +127\\.0\\.0\\.1 +\"The shop\"\n")
                .containsPattern(" +\\S*/shop: \\S*python\\S* -m http\\.server 8080 --bind 127\\.0\\.0\\.1\n")
                .containsPattern("tcp 8081 +.*10\\.77\\.0\\.1 OPEN TO THE NETWORK +\"The shop\"\n")
                .containsPattern("tcp 9000 +.*127\\.0\\.0\\.1 \\[::1]")
                .containsPattern("udp 9000 +.*127\\.0\\.0\\.1 \\[::1]");
        assertThat(part(said, "= hidden", "= probe"))
                .containsPattern("tcp 8080 +a process of root +127\\.0\\.0\\.1 +\"The shop\"\n")
                .contains("the process of 2 ports is shown to its user and root only; to see it: sudo loopgate ports");
        assertThat(part(said, "= probe", "echo 0"))
                .contains("It is an echo: what it is sent comes back")
                .contains("10.99.0.1:80   unreachable, no network leads there (")
                .contains("status 1");
        assertThat(said.substring(said.indexOf("echo 0"))).contains(" connected\n", " sent 9");
    }

    private static String part(String text, String from, String to) {
        assertThat(text).contains(from, to);
        return text.substring(text.indexOf(from), text.indexOf(to));
    }
}
