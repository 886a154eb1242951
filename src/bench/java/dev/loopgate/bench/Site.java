package dev.loopgate.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What each proxy is to serve, whatever its configuration looks like.
 *
 * @param folder for its configuration, logs and temporary files
 * @param httpPort where it listens for HTTP on 127.0.0.1
 * @param tcpPort where it listens for what is forwarded as it is
 * @param tlsPort where it listens for HTTPS on 127.0.0.1, if it does
 * @param sparePort for a control surface of its own, where it must have one
 * @param originHttp the port of the origin's HTTP
 * @param originTcp the port of the origin's TCP
 * @param originUdp the port of the origin's UDP
 * @param hosts names that lead to the origin
 * @param logged whether it writes an access log, to a file of its folder
 * @param tls whether it serves HTTPS, too, with the certificate of its folder
 * @param udp whether UDP is forwarded, too, from {@code tcpPort}
 * @param workers threads or processes that move bytes
 */
record Site(
        Path folder,
        int httpPort,
        int tcpPort,
        int tlsPort,
        int sparePort,
        int originHttp,
        int originTcp,
        int originUdp,
        List<String> hosts,
        boolean logged,
        boolean tls,
        boolean udp,
        int workers) {

    /** The host that every workload asks for. */
    static final String HOST = "app.localhost";

    Path log() {
        return folder.resolve("access.log");
    }

    /** In PEM, and its key. */
    Path certificate() {
        return folder.resolve("certificate.pem");
    }

    Site withLog() {
        return variant(hosts, true, tls, udp);
    }

    Site withUdp() {
        return variant(hosts, logged, tls, true);
    }

    Site withTls() {
        return variant(hosts, logged, true, udp);
    }

    Site with(List<String> others) {
        return variant(List.copyOf(others), logged, tls, udp);
    }

    private Site variant(List<String> names, boolean log, boolean secure, boolean datagrams) {
        return new Site(
                folder,
                httpPort,
                tcpPort,
                tlsPort,
                sparePort,
                originHttp,
                originTcp,
                originUdp,
                names,
                log,
                secure,
                datagrams,
                workers);
    }
}
