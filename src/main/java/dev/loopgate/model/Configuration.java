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
 */
public record Configuration(
        List<BindAddress> listen,
        List<VirtualHost> hosts,
        List<Forward> forwards,
        List<Cidr> trustedProxies,
        boolean proxyProtocol,
        AccessLogSettings accessLog) {

    /** The port that the gateway listens on unless the file names another. */
    public static final int DEFAULT_PORT = 62893;

    /** What runs when no file is found: the default port, no hosts, no forwards. */
    public static final Configuration EMPTY = new Configuration(
            List.of(BindAddress.loopback(DEFAULT_PORT)), List.of(), List.of(), List.of(), AccessLogSettings.DEFAULT);

    /** Without the PROXY protocol. */
    public Configuration(
            List<BindAddress> listen,
            List<VirtualHost> hosts,
            List<Forward> forwards,
            List<Cidr> trustedProxies,
            AccessLogSettings accessLog) {
        this(listen, hosts, forwards, trustedProxies, false, accessLog);
    }

    public Configuration {
        listen = List.copyOf(listen);
        hosts = List.copyOf(hosts);
        forwards = List.copyOf(forwards);
        trustedProxies = List.copyOf(trustedProxies);
    }
}
