package dev.loopgate.http;

import dev.loopgate.net.Addresses;
import dev.loopgate.net.ProxyHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Who is at the other end of a connection, and what upstreams are told about it. */
final class Client {

    private final InetAddress address;
    private final InetAddress gateway;
    private final boolean direct;
    private final boolean secure;
    private final String serverName;
    private final String addressText;
    private final String portText;
    private final byte[] forwardingFields;

    /** Of HTTP, where it is not HTTP/1. */
    private final String multiplexed;

    /** One that is connected to the gateway itself. */
    Client(InetSocketAddress remote, InetSocketAddress local) {
        this(remote.getAddress(), Integer.toString(local.getPort()), local.getAddress(), true, false, "", "");
    }

    /** One that a proxy in front speaks for. */
    Client(ProxyHeader header) {
        this(
                header.client().getAddress(),
                Integer.toString(header.server().getPort()),
                header.server().getAddress(),
                false,
                false,
                "",
                "");
    }

    private Client(
            InetAddress address,
            String port,
            InetAddress gateway,
            boolean direct,
            boolean secure,
            String serverName,
            String multiplexed) {
        this.multiplexed = multiplexed;
        this.direct = direct;
        this.address = address;
        this.gateway = gateway;
        this.secure = secure;
        this.serverName = serverName;
        String text = Addresses.text(address);
        int scope = text.indexOf('%');
        addressText = scope < 0 ? text : text.substring(0, scope);
        portText = port;
        forwardingFields = ("X-Forwarded-For: " + addressText + "\r\nX-Forwarded-Proto: " + scheme()
                        + "\r\nX-Forwarded-Port: " + portText + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The same, now that TLS is agreed on; the server name that it asked for, empty where it named none. */
    Client secured(String name) {
        return new Client(address, portText, gateway, direct, true, name, multiplexed);
    }

    /** The same, now that it is known not to speak HTTP/1: {@code 2.0} or {@code 3.0}. */
    Client speaking(String version) {
        return new Client(address, portText, gateway, direct, secure, serverName, version);
    }

    /** Of the HTTP that a request came in. */
    String version(Head request) {
        return multiplexed.isEmpty() ? request.version() : multiplexed;
    }

    InetAddress address() {
        return address;
    }

    /** The address of the gateway that it connected to. */
    InetAddress gateway() {
        return gateway;
    }

    /** Whether nobody on the way can read along. */
    boolean secure() {
        return secure;
    }

    /** That of TLS, in lower case; empty where there is none. */
    String serverName() {
        return serverName;
    }

    String addressText() {
        return addressText;
    }

    String scheme() {
        return secure ? "https" : "http";
    }

    /** The port that the client connected to. */
    String portText() {
        return portText;
    }

    /** The lines that are the same for every request of the connection. */
    byte[] forwardingFields() {
        return forwardingFields;
    }

    /** Whether nobody speaks for it. */
    boolean direct() {
        return direct;
    }

    /** Whether it is a program of this machine, and nobody is in between. */
    boolean loopback() {
        return direct && address.isLoopbackAddress();
    }
}
