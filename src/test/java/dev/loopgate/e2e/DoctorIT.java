package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Programs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of a whole machine, each caused in a network namespace that has its own firewall and, in places, its own files. */
class DoctorIT {

    private static final String CONFIGURATION = """
            listen: 8000
            access-log: off
            hosts: {app.test: 8080}
            forwards: {"lan:9443": 8080}
            """;

    /** Each answer is marked; the machine may be busy, and what never answers is found to be so all the same. */
    private static final String DOCTOR = """
            doctor() {
              echo "== $*"
              status=0
              "$launcher" doctor --timeout $limit "$@" 2>&1 || status=$?
              echo "status $status"
            }
            launcher=$1
            limit=12s
            python3 -m http.server 8080 --bind 127.0.0.1 >server.log 2>&1 &
            server=$!
            trap 'kill $server $more 2>/dev/null || true; wait' EXIT
            more=
            await curl -s -o page -m 5 --noproxy '*' http://127.0.0.1:8080/
            """;

    @TempDir
    Path folder;

    private String outcome(List<String> programs, String script) {
        programs.forEach(Programs::require);
        return OwnNetwork.outcome(folder, List.of("python3", "curl"), DOCTOR + script, CONFIGURATION);
    }

    private static String section(String text, String name) {
        int start = text.indexOf("== " + name + "\n");
        assertThat(start).as(text).isNotNegative();
        int end = text.indexOf("\n== ", start + 1);
        return text.substring(start, end < 0 ? text.length() : end);
    }

    @Test
    void firewalls_that_drop_or_refuse_are_named_with_their_rule() {
        String said = outcome(List.of("nft", "iptables"), """
                nft add table inet own
                nft add chain inet own in '{ type filter hook input priority 0; }'
                nft add rule inet own in iif lo tcp dport 8080 drop
                limit=6s
                doctor 8080
                limit=12s
                nft flush ruleset
                iptables -A INPUT -i lo -p tcp --dport 8080 -j REJECT --reject-with tcp-reset
                doctor http://127.0.0.1:8080/
                """);

        assertThat(section(said, "8080"))
                .contains(
                        "FAIL  connection",
                        "127.0.0.1:8080 does not answer: the firewall drops what is sent: nft rule in inet own in: iif lo"
                                + " tcp dport 8080 drop",
                        "fix: sudo nft delete rule inet own in handle ",
                        "status 1");
        assertThat(section(said, "http://127.0.0.1:8080/"))
                .contains(
                        "127.0.0.1:8080 refuses connections, by the firewall: iptables -A INPUT -i lo -p tcp",
                        "fix: sudo iptables -D INPUT -i lo -p tcp -m tcp --dport 8080 -j REJECT");
    }

    @Test
    void a_gateway_that_the_network_is_kept_from_and_a_name_that_leads_elsewhere() {
        String said = outcome(List.of("nft", "mount"), """
                printf '127.0.0.1 localhost\\n192.0.2.7 app.test\\n' >hosts
                unshare --mount sh -eu -c 'mount --bind hosts /etc/hosts; exec "$@"' sh \\
                  "$launcher" doctor --timeout 15s --config loopgate.yaml app.test >elsewhere 2>&1 || true
                "$launcher" run --config loopgate.yaml >gateway.log 2>&1 &
                more=$!
                await curl -s -o page -m 5 --noproxy '*' http://10.77.0.1:9443/
                nft add table inet own
                nft add chain inet own in '{ type filter hook input priority 0; policy drop; }'
                nft add rule inet own in iif lo accept
                doctor
                kill -STOP $more
                await grep -q '(.*) T ' /proc/$more/stat
                doctor --json
                kill -CONT $more
                kill -KILL $more
                wait $more 2>/dev/null || true
                more=
                http_proxy=http://127.0.0.1:3128 doctor app.test
                echo "== elsewhere"
                cat elsewhere
                """);

        assertThat(section(said, ""))
                .contains(
                        " runs ",
                        "warn  firewall",
                        "the network does not reach 10.77.0.1:9443: policy drop of the chain inet own in",
                        "fix: sudo nft insert rule inet own in tcp dport 9443 accept");
        assertThat(section(said, "--json")).contains("is a gateway that is stopped (Ctrl-Z)", "\"kill -CONT ");
        assertThat(section(said, "app.test"))
                .contains(
                        "warn  proxy",
                        "fix: export no_proxy=localhost,127.0.0.1,::1,.localhost,app.test",
                        "nobody listens on port 8000: no gateway runs ",
                        "app.test: 127.0.0.1:8080 answers 200");
        assertThat(section(said, "elsewhere"))
                .contains(
                        "app.test leads to 192.0.2.7, not to this machine, by line 2 of /etc/hosts",
                        "fix: sudo sed -i '2s/^192.0.2.7/127.0.0.1/' /etc/hosts");
    }

    @Test
    void ufw_a_container_network_and_few_descriptors() {
        String said = outcome(List.of("ufw", "iptables", "mount"), """
                ip link add docker0 type bridge
                ip addr add 172.17.0.1/16 dev docker0
                ip link set docker0 up
                python3 -m http.server 8090 --bind 172.17.0.1 >bridge.log 2>&1 &
                more=$!
                await curl -s -o page -m 5 --noproxy '*' http://172.17.0.1:8090/
                doctor 8090
                python3 -m http.server 8100 --bind 0.0.0.0 >open.log 2>&1 &
                more="$more $!"
                await curl -s -o page -m 5 --noproxy '*' http://10.77.0.1:8100/
                cp -a /etc/ufw ufw
                sed -i 's/^ENABLED=.*/ENABLED=yes/' ufw/ufw.conf
                unshare --mount sh -eu -c 'mount --bind ufw /etc/ufw; /lib/ufw/ufw-init start quiet' sh >ufw.log 2>&1
                doctor 8100
                (ulimit -n 100; doctor)
                """);

        assertThat(section(said, "8090"))
                .contains("it listens on 172.17.0.1:8090 only, which containers reach, and not on localhost")
                .contains("fix: forwards: {\"8090\": \"172.17.0.1:8090\"}");
        assertThat(section(said, "8100"))
                .contains("the network does not reach 10.77.0.1:8100: ", "fix: sudo ufw ", "allow 8100/tcp")
                .contains("0.0.0.0:8100");
        assertThat(section(said, ""))
                .contains(
                        "may open 100 descriptors, and its hosts and forwards can take ",
                        "fix: sudo prlimit --pid $$ --nofile=65536:65536");
    }
}
