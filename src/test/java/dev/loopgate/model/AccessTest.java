package dev.loopgate.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

    @ParameterizedTest
    @CsvSource({
        "'', '', '', '', true",
        "10.0.0.0/8, '', '', '', true",
        "'', 10.0.0.0/8, '', '', true",
        "10.1.0.0/16, '', 10.0.0.0/8, '', true",
        "10.1.0.0/16 10.0.0.0/8, '', 10.0.0.0/8, '', true",
        "10.0.0.0/8, 10.1.0.0/16, 10.0.0.0/8, '', true",
        "fe80::1/128, '', fe80::/10, '', true",
        "'', '', 10.0.0.0/8, '', false",
        "'', '', '', 10.0.0.0/8, false",
        "10.0.0.0/8, '', 10.1.0.0/16, '', false",
        "10.0.0.0/8 192.168.0.0/16, '', 10.0.0.0/8, '', false",
        "'', 10.1.0.0/16, '', 10.0.0.0/8, false",
        "10.0.0.0/8, '', 10.0.0.0/8, 10.1.0.0/16, false",
        "::/0, '', 0.0.0.0/0, '', false",
        "10.0.0.0/9 10.128.0.0/9, '', 10.0.0.0/8, '', true",
        "10.0.0.0/8, '', 10.0.0.0/9 10.128.0.0/9, '', false",
    })
    void one_rule_is_within_another_where_nobody_is_let_in_that_the_other_keeps_out(
            String allow, String deny, String otherAllow, String otherDeny, boolean within) {
        assertThat(access(allow, deny).within(access(otherAllow, otherDeny))).isEqualTo(within);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void who_is_within_another_permits_nobody_more(int seed) throws UnknownHostException {
        Random random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            Access one = random(random);
            Access other = random(random);
            if (one.within(other)) {
                for (int last = 0; last < 256; last++) {
                    InetAddress client = InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
                    assertThat(!one.permits(client) || other.permits(client))
                            .as("%s within %s: %s", one, other, client)
                            .isTrue();
                }
            }
        }
    }

    private static Access random(Random random) {
        return new Access(blocks(random), blocks(random));
    }

    private static List<Cidr> blocks(Random random) {
        return IntStream.range(0, random.nextInt(3))
                .mapToObj(i -> cidr("10.0.0." + random.nextInt(256) + "/" + (24 + random.nextInt(9))))
                .toList();
    }

    private static Access access(String allow, String deny) {
        return new Access(cidrs(allow), cidrs(deny));
    }

    private static List<Cidr> cidrs(String blocks) {
        return blocks.isEmpty()
                ? List.of()
                : List.of(blocks.split(" ", -1)).stream().map(AccessTest::cidr).toList();
    }

    private static Cidr cidr(String block) {
        int slash = block.indexOf('/');
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(block.substring(0, slash));
        return Cidr.of(address, Integer.parseInt(block.substring(slash + 1)));
    }
}
