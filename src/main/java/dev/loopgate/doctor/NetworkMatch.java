package dev.loopgate.doctor;

import dev.loopgate.net.Addresses;
import java.net.InetAddress;

/** Whether an address is in a network, as packet filters write them: {@code 10.0.0.0/8}, {@code ::1}. */
final class NetworkMatch {

    private NetworkMatch() {}

    static FirewallChains.Match of(String network, InetAddress address) {
        int slash = network.indexOf('/');
        try {
            byte[] base = Addresses.literal(slash < 0 ? network : network.substring(0, slash))
                    .getAddress();
            byte[] own = address.getAddress();
            int bits = slash < 0 ? base.length * 8 : Integer.parseInt(network.substring(slash + 1));
            if (base.length != own.length) {
                return FirewallChains.Match.NO;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((base[bit / 8] & mask) != (own[bit / 8] & mask)) {
                    return FirewallChains.Match.NO;
                }
            }
            return FirewallChains.Match.YES;
        } catch (IllegalArgumentException other) {
            return FirewallChains.Match.UNKNOWN;
        }
    }
}
