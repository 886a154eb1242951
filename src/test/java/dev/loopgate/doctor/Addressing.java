package dev.loopgate.doctor;

import dev.loopgate.doctor.FirewallChains.Connection;
import java.net.InetAddress;

/** Where a connection goes, but for its port. */
record Addressing(InetAddress address, String network) {

    Connection to(int port) {
        return new Connection(address, address, port, true, network);
    }

    Connection leaving(int port) {
        return new Connection(address, address, port, false, network);
    }
}
