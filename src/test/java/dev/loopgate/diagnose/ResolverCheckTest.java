package dev.loopgate.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.diagnose.ResolverCheck.Finding;
import dev.loopgate.diagnose.ResolverCheck.Outcome;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ResolverCheckTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void finds_names_that_are_unknown_or_lead_elsewhere() {
        ResolverCheck check = new ResolverCheck(
                name -> switch (name) {
                    case "good.test" -> addresses(127, 0, 0, 1);
                    case "far.test" -> addresses(192, 0, 2, 7);
                    default -> throw new UnknownHostException(name);
                },
                LIMIT);

        List<Finding> findings = check.check(List.of("good.test", "far.test", "app.localhost"), false);

        assertThat(findings)
                .containsExactly(
                        new Finding("far.test", Outcome.ELSEWHERE, List.of("192.0.2.7")),
                        new Finding("app.localhost", Outcome.UNKNOWN, List.of()));
        assertThat(findings.get(0).text()).isEqualTo("far.test leads to 192.0.2.7, not to this gateway");
        assertThat(findings.get(1).text()).contains("browsers and curl know app.localhost");
        assertThat(ResolverCheck.hostsCommands(findings))
                .containsExactly("echo '127.0.0.1 far.test app.localhost' | sudo tee -a /etc/hosts");
    }

    @Test
    void says_nothing_of_a_name_that_the_resolver_does_not_answer_in_time() {
        CountDownLatch never = new CountDownLatch(1);
        ResolverCheck check = new ResolverCheck(
                name -> {
                    if (name.equals("slow.test")) {
                        try {
                            never.await();
                        } catch (InterruptedException given) {
                            Thread.currentThread().interrupt();
                        }
                    }
                    throw new UnknownHostException(name);
                },
                Duration.ofMillis(300));

        assertThat(check.check(List.of("gone.test", "slow.test"), false))
                .extracting(Finding::name)
                .containsExactly("gone.test");
    }

    @Test
    void asks_the_real_resolver() {
        assertThat(new ResolverCheck().check(List.of("localhost"), false)).isEmpty();
    }

    private static InetAddress[] addresses(int... bytes) throws UnknownHostException {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        return new InetAddress[] {InetAddress.getByAddress(raw)};
    }
}
