package dev.loopgate.devserver;

import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.util.List;

/** This machine's own addresses that dev servers listen on, one of each family. */
final class Loopback {

    static final List<InetAddress> ADDRESSES = List.of(Addresses.LOOPBACK4, Addresses.LOOPBACK6);

    private Loopback() {}
}
