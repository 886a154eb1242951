package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lan:} in a network namespace of its own: a machine with an interface that nobody else has. */
class LanForwardIT {

    /** How a port is reached, by every address of the moment. */
    private static final String SCRIPT = """
            echo hello >page
            python3 -m http.server 8080 --bind 127.0.0.1 >server.log 2>&1 &
            server=$!
            "$1" run --config loopgate.yaml >gateway.log 2>&1 &
            gateway=$!
            trap 'kill $server $gateway; wait' EXIT
            page() {
              tries=0
              until curl -s -m 5 --noproxy '*' "$1"; do
                tries=$((tries + 1))
                [ "$tries" -lt 200 ] || { cat gateway.log server.log; exit 1; }
                sleep 0.1
              done
            }
            page http://10.77.0.1:8080/page
            ip addr add 10.77.0.2/24 dev lan0
            page http://10.77.0.2:8080/page
            echo refused: "$(curl -s -m 5 --noproxy '*' http://10.77.0.1:8081/page || echo $?)"
            cat gateway.log
            """;

    /** What listens on one address of the interface only, and what that costs a forward on all of them. */
    private static final String TAKEN_SCRIPT = """
            ip addr add 10.77.0.2/24 dev lan0
            mkdir service holder
            echo service >service/page
            echo holder >holder/page
            python3 -m http.server 8080 --bind 127.0.0.1 --directory service >server.log 2>&1 &
            server=$!
            python3 -m http.server 8080 --bind 10.77.0.1 --directory holder >holder.log 2>&1 &
            holder=$!
            gateway=
            trap 'kill $server $holder $gateway 2>/dev/null || true; wait' EXIT
            page() { [ "$(curl -s -m 5 --noproxy '*' "http://$1:8080/page")" = "$2" ]; }
            said() { grep -qF "$1" gateway.log; }
            status() { "$launcher" status >status.log; }
            fine() { status && ! grep -q 'is not listening' status.log; }
            launcher=$1
            await page 127.0.0.1 service
            await page 10.77.0.1 holder
            "$launcher" run --config loopgate.yaml >gateway.log 2>&1 &
            gateway=$!
            await page 10.77.0.2 service
            await said "pid $holder,"
            page 10.77.0.1 holder
            status
            cat status.log
            ip addr add 10.77.0.3/24 dev lan0
            await said "listens on 10.77.0.2:8080 and 10.77.0.3:8080 now"
            page 10.77.0.3 service
            ip addr del 10.77.0.3/24 dev lan0
            await said "listens on 10.77.0.2:8080 now"
            kill $holder
            await said "listens on 10.77.0.2:8080 and 10.77.0.1:8080 now"
            page 10.77.0.1 service
            page 10.77.0.2 service
            await fine
            echo "holder $holder, named $(grep -c "pid $holder," gateway.log)"
            cat gateway.log
            """;

    @TempDir
    Path folder;

    @Test
    void an_address_whose_port_is_taken_is_named_with_the_holder_while_the_others_go_on_and_listened_on_later() {
        String log = outcome(TAKEN_SCRIPT, """
                access-log: off
                forwards:
                  "lan:8080": 8080
                """);
        Matcher holder = Pattern.compile("(?m)^holder (\\d+), named 1$").matcher(log);
        assertThat(holder.find()).as(log).isTrue();
        String taken = "10.77.0.1:8080: the port is taken, by python3 (pid " + holder.group(1) + ", user ";
        assertThat(log)
                .contains(
                        "tcp lan:8080 is not listening on " + taken,
                        "warning: cannot listen on " + taken,
                        "-> localhost:8080   OPEN TO THE NETWORK   not listening on 10.77.0.1:8080: the port is taken");
    }

    @Test
    void reaches_a_localhost_service_on_its_own_port_by_every_address_also_a_later_one() {
        assertThat(outcome(SCRIPT, """
                        access-log: off
                        forwards:
                          "lan:8080": 8080
                          "lan:8081": {to: 8080, allow: [10.99.0.0/16]}
                        """))
                // On a busy machine the reset is there before curl has seen that it is connected.
                .matches("(?s)hello\nhello\nrefused: (56|7)\n.*")
                .contains("OPEN TO THE NETWORK")
                .contains("10.77.0.1:8080");
    }

    private String outcome(String script, String configuration) {
        return OwnNetwork.outcome(folder, List.of("python3", "curl"), script, configuration);
    }
}
