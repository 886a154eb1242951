package dev.loopgate.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Assumptions;

/** Tests of what only a machine with IPv6 can do. */
public final class Ipv6 {

    private Ipv6() {}

    /** Skips the test where nothing can listen on ::1, which containers and kernels without IPv6 do not have. */
    public static void assumeIpv6() {
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        try {
            new ServerSocket(0, 1, InetAddress.getByAddress(loopback)).close();
        } catch (IOException missing) {
            Assumptions.abort("this machine has no ::1: " + missing.getMessage());
        }
    }
}
