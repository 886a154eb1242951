package dev.loopgate.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.doctor.FirewallChains.Connection;
import dev.loopgate.doctor.FirewallChains.Refusal;
import dev.loopgate.doctor.Firewalls.Unread;
import dev.loopgate.doctor.SystemCommands.Answer;
import dev.loopgate.doctor.SystemCommands.Missing;
import dev.loopgate.doctor.SystemCommands.Reply;
import dev.loopgate.doctor.SystemCommands.Unfinished;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of packet filters: real ones where they can be set, recorded ones of other systems. */
class FirewallRulesTest {

    private static final String NFT = """
            nft -f - <<'RULES'
            table inet filter {
              set bad { type inet_service; elements = { 9001, 9002 } }
              chain input {
                type filter hook input priority 0; policy drop;
                ct state established,related accept
                ct state invalid drop
                iif "lo" tcp dport 9000 drop
                iifname "lo" tcp dport @bad reject with tcp reset
                udp dport 9003 drop
                iif lo accept
                tcp dport { 22, 80-90 } accept
                ip saddr 10.0.0.0/8 jump local
                tcp dport 7000 meta skuid 0 accept
              }
              chain local { tcp dport 8080 accept; tcp dport 8081 reject; }
              chain output { type filter hook output priority 0; ip6 daddr ::1 tcp dport 9004 counter drop; }
            }
            RULES
            nft -j list ruleset
            """;

    private static final String IPTABLES = """
            iptables -N inner
            iptables -A INPUT -i lo -p tcp --dport 9000 -j DROP
            iptables -A INPUT -p tcp -m multiport --dports 9001,9100:9200 -j REJECT --reject-with tcp-reset
            iptables -A INPUT ! -i lo -p tcp --dport 9005 -m comment --comment "no -j ACCEPT here" -j REJECT
            iptables -A INPUT -s 10.0.0.0/8 -j inner
            iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            iptables -A INPUT -i lo -j ACCEPT
            iptables -A inner -p tcp --dport 8080 -j ACCEPT
            iptables -A inner -p udp --dport 8081 -j ACCEPT
            iptables -A INPUT -p tcp --dport 9300 -m comment --comment 'a $(touch x) \\ "b"' -j DROP
            iptables -P INPUT DROP
            iptables-save
            """;

    /** What firewalld 1.3 writes for its zone public, as far as connections to this machine pass it. */
    private static final String FIREWALLD = """
            nft -f - <<'RULES'
            table inet firewalld {
              chain filter_PREROUTING {
                type filter hook prerouting priority filter + 10; policy accept;
                icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
                meta nfproto ipv6 fib saddr . mark . iif oif missing drop
              }
              chain filter_INPUT {
                type filter hook input priority filter + 10; policy accept;
                ct state { established, related } accept
                ct status dnat accept
                iifname "lo" accept
                ct state invalid drop
                jump filter_INPUT_ZONES
                reject with icmpx admin-prohibited
              }
              chain filter_OUTPUT {
                type filter hook output priority filter + 10; policy accept;
                ct state { established, related } accept
                oifname "lo" accept
                ip6 daddr { ::/96, 2002:a00::/24, 2002:7f00::/24 } reject with icmpv6 addr-unreachable
              }
              chain filter_INPUT_POLICIES_pre { jump filter_IN_policy_allow-host-ipv6; }
              chain filter_INPUT_ZONES { goto filter_IN_public; }
              chain filter_INPUT_POLICIES_post { }
              chain filter_IN_public {
                jump filter_INPUT_POLICIES_pre
                jump filter_IN_public_deny
                jump filter_IN_public_allow
                jump filter_INPUT_POLICIES_post
                meta l4proto { icmp, ipv6-icmp } accept
                reject with icmpx admin-prohibited
              }
              chain filter_IN_public_deny { }
              chain filter_IN_public_allow {
                tcp dport 22 accept
                ip6 daddr fe80::/64 udp dport 546 accept
              }
              chain filter_IN_policy_allow-host-ipv6 {
                icmpv6 type nd-neighbor-advert accept
                icmpv6 type nd-router-advert accept
              }
            }
            RULES
            nft -j list ruleset
            """;

    @TempDir
    Path folder;

    private final Addressing four = new Addressing(Addresses.LOOPBACK4, "lo");

    /** Where a connection goes, but for its port. */
    private record Addressing(InetAddress address, String network) {
        Connection to(int port) {
            return new Connection(address, address, port, true, network);
        }

        Connection leaving(int port) {
            return new Connection(address, address, port, false, network);
        }
    }

    /** In a network of its own. */
    private String printed(String script, String program) {
        Programs.require(program);
        String unshare = Programs.require("unshare").toString();
        try (RunningProcess run = RunningProcess.start(
                folder,
                Map.of(),
                List.of(unshare, "--net", "sh", "-eu", "-c", "PATH=$PATH:/usr/sbin:/sbin\n" + script))) {
            int status = run.awaitExit(Duration.ofMinutes(1));
            if (status != 0) {
                Programs.missing("no firewall may be set up in a network namespace: " + run.stderr());
            }
            return run.stdout();
        }
    }

    @Test
    void rules_of_nftables() throws Exception {
        FirewallChains chains =
                NftablesRules.parse(printed(NFT, "nft"), table -> true).orElseThrow();
        Addressing lan = new Addressing(InetAddress.getByName("10.77.0.1"), "eth0");
        Addressing far = new Addressing(InetAddress.getByName("192.0.2.7"), "eth0");

        assertThat(chains.refusal(four.to(9000))).get().satisfies(refusal -> {
            assertThat(refusal.rule().text()).isEqualTo("nft rule in inet filter input: iif lo tcp dport 9000 drop");
            assertThat(refusal.rule().removal())
                    .get()
                    .asString()
                    .startsWith("sudo nft delete rule inet filter input handle ");
            assertThat(refusal.tells()).isFalse();
            assertThat(refusal.certain()).isTrue();
        });
        assertThat(chains.refusal(four.to(9002)))
                .get()
                .satisfies(refusal -> assertThat(refusal.tells()).isTrue());
        assertThat(chains.refusal(four.to(9003))).isEmpty();
        assertThat(chains.refusal(new Addressing(Addresses.LOOPBACK6, "lo").leaving(9004)))
                .get()
                .satisfies(refusal -> assertThat(refusal.rule().text()).contains("ip6 daddr ::1 tcp dport 9004 drop"));
        assertThat(chains.refusal(four.leaving(9004))).isEmpty();
        assertThat(chains.refusal(lan.to(8080))).isEmpty();
        assertThat(chains.refusal(lan.to(8081)).map(Refusal::tells)).contains(true);
        assertThat(chains.refusal(far.to(85))).isEmpty();
        assertThat(chains.refusal(far.to(8080)))
                .get()
                .satisfies(refusal ->
                        assertThat(refusal.rule().text()).isEqualTo("policy drop of the chain inet filter input"));
        assertThat(chains.refusal(far.to(7000)))
                .as("a rule that may let it in is not understood")
                .get()
                .satisfies(refusal -> assertThat(refusal.certain()).isFalse());
        assertThat(NftablesRules.parse("no JSON", table -> true)).isEmpty();
    }

    @Test
    void rules_of_firewalld() throws Exception {
        String listed = printed(FIREWALLD, "nft");
        FirewallChains chains = NftablesRules.parse(listed, table -> true).orElseThrow();
        Addressing far = new Addressing(InetAddress.getByName("192.0.2.7"), "eth0");
        assertThat(chains.refusal(far.to(8080))).get().satisfies(refusal -> {
            assertThat(refusal.tells()).isTrue();
            assertThat(refusal.rule().text()).startsWith("nft rule in inet firewalld filter_IN_public: ");
        });
        assertThat(chains.refusal(far.to(22))).isEmpty();
        assertThat(chains.refusal(four.to(8080))).isEmpty();

        InetAddress own = Firewalls.ownAddresses().stream().findFirst().orElse(null);
        if (own != null) {
            assertThat(firewalls(new Missing(), new Missing(), new Reply(0, listed, ""))
                            .fromNetwork(own, 8080)
                            .flatMap(Firewalls.Obstacle::fix))
                    .contains("sudo firewall-cmd --zone=public --add-port=8080/tcp");
        }
    }

    @Test
    void rules_of_iptables() throws Exception {
        FirewallChains chains = new IptablesRules("iptables").parse(printed(IPTABLES, "iptables"));
        Addressing lan = new Addressing(InetAddress.getByName("10.77.0.1"), "eth0");
        Addressing six = new Addressing(Addresses.LOOPBACK6, "lo");

        assertThat(chains.refusal(four.to(9000))).get().satisfies(refusal -> {
            assertThat(refusal.rule().text()).isEqualTo("iptables -A INPUT -i lo -p tcp -m tcp --dport 9000 -j DROP");
            assertThat(refusal.rule().removal())
                    .contains("sudo iptables -D INPUT -i lo -p tcp -m tcp --dport 9000 -j DROP");
        });
        assertThat(chains.refusal(lan.to(9300))
                        .flatMap(refusal -> refusal.rule().removal()))
                .get()
                .asString()
                .contains("--comment 'a $(touch x) \\ \"b\"' -j DROP");
        assertThat(chains.refusal(four.to(9150)).map(Refusal::tells)).contains(true);
        assertThat(chains.refusal(four.to(9005))).isEmpty();
        assertThat(chains.refusal(lan.to(9005)).map(Refusal::tells)).contains(true);
        assertThat(chains.refusal(lan.to(8080))).isEmpty();
        assertThat(chains.refusal(lan.to(8081)).map(refusal -> refusal.rule().text()))
                .contains("iptables -P INPUT DROP");
        assertThat(chains.refusal(four.to(8081))).isEmpty();
        assertThat(new IptablesRules("iptables").parse("").refusal(six.to(9000)))
                .isEmpty();
    }

    @Test
    void what_could_not_be_read_is_said_with_the_command() {
        Answer denied = new Reply(4, "", "Operation not permitted (you must be root)");
        Answer missing = new Missing();
        Answer none = new Reply(0, "", "");
        Firewalls user = firewalls(denied, denied, denied);
        assertThat(user.within(Addresses.LOOPBACK4, 9000)).isEmpty();
        assertThat(user.unread().flatMap(Unread::command)).contains("sudo nft list ruleset");
        // What the one program may not show, the other that is missing does not show either.
        assertThat(firewalls(denied, missing, missing).unread().flatMap(Unread::command))
                .contains("sudo iptables-save");
        assertThat(firewalls(missing, missing, missing).unread()).get().satisfies(unread -> {
            assertThat(unread.why()).isEqualTo("neither nft nor iptables is here to show its rules");
            assertThat(unread.command()).isEmpty();
        });
        assertThat(firewalls(none, none, new Unfinished()).unread()).get().satisfies(unread -> {
            assertThat(unread.why()).isEqualTo("nft list ruleset did not end in time");
            assertThat(unread.command()).contains("sudo nft list ruleset");
        });
        Answer empty = new Reply(0, "{\"nftables\": []}", "");
        assertThat(firewalls(new Unfinished(), none, empty).unread()).isPresent();
        assertThat(firewalls(missing, missing, empty).unread()).isEmpty();
        assertThat(firewalls(none, none, missing).unread()).isEmpty();
        assertThat(new FirewallCheck(
                                () -> List.of(new InetSocketAddress("192.0.2.7", 80)),
                                firewalls(missing, missing, missing))
                        .look())
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence()).contains("is not known: neither nft nor"));
        Firewalls german =
                new Firewalls(command -> new Reply(0, "Status                                EIN", ""), "windows 11");
        assertThat(german.unread()).isPresent();
    }

    private static Firewalls firewalls(Answer iptables, Answer ip6tables, Answer nft) {
        Map<String, Answer> answers = Map.of("iptables-save", iptables, "ip6tables-save", ip6tables, "nft", nft);
        return new Firewalls(command -> answers.getOrDefault(command[0], new Missing()), "linux");
    }

    /** As {@code pfctl -s rules} prints them on macOS 14 and FreeBSD 14. */
    @Test
    void rules_of_pf() throws Exception {
        String printed = """
                scrub-anchor "com.apple/*" all fragment reassemble
                anchor "com.apple/*" all
                block drop in proto tcp from any to any port = 9000
                block return in quick on ! lo0 inet proto tcp from any to any port 9100:9200
                block drop in inet proto udp from any to any port = 9300
                pass in quick on lo0 all flags S/SA keep state
                pass in proto tcp from 10.0.0.0/8 to any port = 9000 flags S/SA keep state
                block drop out proto tcp from any to any port = 25
                """;
        Firewalls firewalls = new Firewalls(command -> new Reply(0, printed, ""), "mac os x");
        assertThat(firewalls.within(Addresses.LOOPBACK4, 9000)).isEmpty();
        assertThat(firewalls.within(Addresses.LOOPBACK4, 25))
                .get()
                .satisfies(obstacle -> assertThat(obstacle.text())
                        .isEqualTo("pf rule: block drop out proto tcp from any to any port = 25"));
        FirewallChains chains = PfRules.parse(printed);
        Addressing far = new Addressing(InetAddress.getByName("192.0.2.7"), "en0");
        assertThat(chains.refusal(far.to(9000)).map(Refusal::tells)).contains(false);
        assertThat(chains.refusal(far.to(9150)).map(Refusal::tells)).contains(true);
        assertThat(chains.refusal(new Addressing(InetAddress.getByName("10.1.2.3"), "en0").to(9000)))
                .isEmpty();
        assertThat(chains.refusal(far.to(9300))).isEmpty();
    }

    /** As an English Windows 11 prints them. */
    @Test
    void rules_of_windows_and_the_ports_it_keeps() throws Exception {
        String profile = """

                Public Profile Settings:
                ----------------------------------------------------------------------
                State                                 ON
                Firewall Policy                       BlockInbound,AllowOutbound
                """;
        String rules = """

                Rule Name:                            node.js JavaScript Runtime
                ----------------------------------------------------------------------
                Enabled:                              Yes
                Direction:                            In
                Profiles:                             Public
                Grouping:
                LocalIP:                              Any
                RemoteIP:                             Any
                Protocol:                             TCP
                LocalPort:                            3000
                RemotePort:                           Any
                Edge traversal:                       No
                Action:                               Block

                Rule Name:                            web
                ----------------------------------------------------------------------
                Enabled:                              Yes
                Direction:                            In
                RemoteIP:                             Any
                Protocol:                             TCP
                LocalPort:                            8080-8090
                Action:                               Allow
                """;
        FirewallChains chains = WindowsRules.parse(profile, rules);
        Addressing far = new Addressing(InetAddress.getByName("192.0.2.7"), "eth0");
        assertThat(chains.refusal(far.to(3000))).get().satisfies(refusal -> {
            assertThat(refusal.rule().text()).contains("\"node.js JavaScript Runtime\"");
            assertThat(refusal.rule().removal())
                    .contains("netsh advfirewall firewall delete rule name=\"node.js JavaScript Runtime\"");
        });
        assertThat(chains.refusal(far.to(8085))).isEmpty();
        assertThat(chains.refusal(far.to(9000)).map(refusal -> refusal.rule().text()))
                .contains("Windows lets nobody in but by a rule");
        assertThat(chains.refusal(four.to(3000))).isEmpty();

        String excluded = """

                Protocol tcp Port Exclusion Ranges

                Start Port    End Port
                ----------    --------
                      5357        5357
                     50000       50059     *

                * - Administered port exclusions.
                """;
        assertThat(WindowsRules.excludedRange(excluded, 50_010)).contains("50000 to 50059");
        assertThat(WindowsRules.excludedRange(excluded, 3000)).isEmpty();
        PortRangeCheck check = new PortRangeCheck(
                50_010,
                new dev.loopgate.diagnose.SystemPortHolders(),
                () -> true,
                true,
                command -> new Reply(0, excluded, ""),
                "windows 11");
        assertThat(check.look()).anySatisfy(finding -> {
            assertThat(finding.status()).isEqualTo(Finding.Status.FAIL);
            assertThat(finding.fix()).contains("net stop winnat & net start winnat");
        });
    }
}
