package dev.loopgate.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;

/**
 * A block of addresses (RFC 4632, RFC 4291 §2.3). An IPv4-mapped IPv6 client counts as its IPv4 address.
 *
 * @param network the address in hexadecimal, 8 or 32 digits, bits behind the prefix zero
 * @param bits length of the prefix, 0 to 32 or 0 to 128
 */
public record Cidr(String network, int bits) {

    /**
     * @param address an address of the block
     * @param bits length of the prefix in bits
     * @throws IllegalArgumentException where the prefix is longer than the address
     */
    public static Cidr of(InetAddress address, int bits) {
        byte[] raw = address.getAddress();
        if (bits < 0 || bits > raw.length * 8) {
            throw new IllegalArgumentException("a prefix of " + bits + " bits does not fit " + raw.length * 8);
        }
        for (int i = 0; i < raw.length; i++) {
            int keep = Math.max(0, Math.min(8, bits - i * 8));
            raw[i] &= (byte) (0xff00 >> keep);
        }
        return new Cidr(HexFormat.of().formatHex(raw), bits);
    }

    public boolean contains(InetAddress address) {
        byte[] raw = address.getAddress();
        byte[] own = HexFormat.of().parseHex(network);
        if (raw.length != own.length) {
            return false;
        }
        for (int i = 0; i < raw.length && i * 8 < bits; i++) {
            int keep = Math.min(8, bits - i * 8);
            if (((raw[i] ^ own[i]) & (0xff00 >> keep) & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether all addresses of the other are addresses of this. */
    public boolean contains(Cidr other) {
        return bits <= other.bits && contains(other.address());
    }

    static boolean anyContains(List<Cidr> blocks, Cidr block) {
        return blocks.stream().anyMatch(each -> each.contains(block));
    }

    static boolean anyContains(List<Cidr> blocks, InetAddress address) {
        for (Cidr block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        InetAddress address = address();
        String text = address.getHostAddress();
        return (address instanceof Inet6Address ? text.replaceFirst("(^|:)(0(:|$)){2,}", "::") : text) + "/" + bits;
    }

    private InetAddress address() {
        try {
            return InetAddress.getByAddress(HexFormat.of().parseHex(network));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
