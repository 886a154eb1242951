package dev.loopgate.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.doctor.FirewallChains.Refusal;
import dev.loopgate.doctor.SystemCommands.Reply;
import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** The rules of packet filters of other systems, as their programs print them. */
class ForeignFirewallRulesTest {

    private final Addressing four = new Addressing(Addresses.LOOPBACK4, "lo");

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
