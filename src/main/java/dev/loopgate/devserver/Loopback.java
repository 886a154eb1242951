package dev.loopgate.devserver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** This machine's own addresses that dev servers listen on, one of each family. */
final class Loopback {

    static final List<InetAddress> ADDRESSES =
            List.of(address(127, 0, 0, 1), address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));

    private Loopback() {}

    private static InetAddress address(int... numbers) {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) numbers[i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
