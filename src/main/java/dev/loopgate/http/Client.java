package dev.loopgate.http;

import dev.loopgate.net.Addresses;
import dev.loopgate.net.ProxyHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Who is at the other end of a connection, and what upstreams are told about it. */
final class Client {

    private final InetAddress address;
    private final boolean direct;
    private final String addressText;
    private final String portText;
    private final byte[] forwardingFields;

    /** One that is connected to the gateway itself. */
    Client(InetSocketAddress remote, InetSocketAddress local) {
        this(remote, local, true);
    }

    /** One that a proxy in front speaks for. */
    Client(ProxyHeader header) {
        this(header.client(), header.server(), false);
    }

    private Client(InetSocketAddress remote, InetSocketAddress local, boolean direct) {
        this.direct = direct;
        address = remote.getAddress();
        String text = Addresses.text(address);
        int scope = text.indexOf('%');
        addressText = scope < 0 ? text : text.substring(0, scope);
        portText = Integer.toString(local.getPort());
        forwardingFields = ("X-Forwarded-For: " + addressText + "\r\nX-Forwarded-Proto: " + scheme()
                        + "\r\nX-Forwarded-Port: " + portText + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    InetAddress address() {
        return address;
    }

    String addressText() {
        return addressText;
    }

    String scheme() {
        return "http";
    }

    /** The port that the client connected to. */
    String portText() {
        return portText;
    }

    /** The lines that are the same for every request of the connection. */
    byte[] forwardingFields() {
        return forwardingFields;
    }

    /** Whether it is a program of this machine, and nobody is in between. */
    boolean loopback() {
        return direct && address.isLoopbackAddress();
    }
}
