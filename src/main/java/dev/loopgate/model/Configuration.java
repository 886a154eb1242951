package dev.loopgate.model;

import java.util.List;

/**
 * A valid configuration, without the text it came from: two files that mean the same compare equal.
 *
 * @param listen where the gateway itself listens; never empty
 * @param hosts the virtual hosts, in the order of the file, each pattern once
 * @param forwards the port-forwarding rules, ranges expanded, in the order of the file, each socket once
 * @param trustedProxies peers whose forwarding fields are believed
 * @param proxyProtocol whether connections of these peers begin with a header of the PROXY protocol
 * @param accessLog where each exchange is recorded
 * @param tls for every host that does not say otherwise, and for the gateway's own name
 * @param http3 whether what is served over TLS is served over QUIC as well, on the same ports
 */
public record Configuration(
        List<BindAddress> listen,
        List<VirtualHost> hosts,
        List<Forward> forwards,
        List<Cidr> trustedProxies,
        boolean proxyProtocol,
        AccessLogSettings accessLog,
        TlsSettings tls,
        boolean http3) {

    /** The port that the gateway listens on unless the file names another. */
    public static final int DEFAULT_PORT = 62893;

    /** What runs when no file is found: the default port, no hosts, no forwards. */
    public static final Configuration EMPTY = new Configuration(
            List.of(BindAddress.loopback(DEFAULT_PORT)), List.of(), List.of(), List.of(), AccessLogSettings.DEFAULT);

    /** Without HTTP/3. */
    public Configuration(
            List<BindAddress> listen,
            List<VirtualHost> hosts,
            List<Forward> forwards,
            List<Cidr> trustedProxies,
            boolean proxyProtocol,
            AccessLogSettings accessLog,
            TlsSettings tls) {
        this(listen, hosts, forwards, trustedProxies, proxyProtocol, accessLog, tls, false);
    }

    /** Without the PROXY protocol and HTTP/3, and with TLS as it is by default. */
    public Configuration(
            List<BindAddress> listen,
            List<VirtualHost> hosts,
            List<Forward> forwards,
            List<Cidr> trustedProxies,
            AccessLogSettings accessLog) {
        this(listen, hosts, forwards, trustedProxies, false, accessLog, TlsSettings.DEFAULT);
    }

    /** The same with other hosts and forwards. */
    public Configuration with(List<VirtualHost> otherHosts, List<Forward> otherForwards) {
        return new Configuration(
                listen, otherHosts, otherForwards, trustedProxies, proxyProtocol, accessLog, tls, http3);
    }

    /** The same on other addresses, with other forwards. */
    public Configuration on(List<BindAddress> addresses, List<Forward> otherForwards) {
        return new Configuration(addresses, hosts, otherForwards, trustedProxies, proxyProtocol, accessLog, tls, http3);
    }

    /** Whether any name is served over TLS. */
    public boolean servesTls() {
        return !(tls instanceof TlsSettings.Off)
                || hosts.stream()
                        .anyMatch(host -> host.tls().isPresent() && !(host.tls().get() instanceof TlsSettings.Off));
    }

    public Configuration {
        listen = List.copyOf(listen);
        hosts = List.copyOf(hosts);
        forwards = List.copyOf(forwards);
        trustedProxies = List.copyOf(trustedProxies);
    }
}
