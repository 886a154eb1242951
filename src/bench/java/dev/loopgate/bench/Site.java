package dev.loopgate.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What each proxy is to serve, whatever its configuration looks like.
 *
 * @param folder for its configuration, logs and temporary files
 * @param httpPort where it listens for HTTP on 127.0.0.1
 * @param tcpPort where it listens for what is forwarded as it is
 * @param sparePort for a control surface of its own, where it must have one
 * @param originHttp the port of the origin's HTTP
 * @param originTcp the port of the origin's TCP
 * @param originUdp the port of the origin's UDP
 * @param hosts names that lead to the origin
 * @param logged whether it writes an access log, to a file of its folder
 * @param udp whether UDP is forwarded, too, from {@code tcpPort}
 * @param workers threads or processes that move bytes
 */
record Site(
        Path folder,
        int httpPort,
        int tcpPort,
        int sparePort,
        int originHttp,
        int originTcp,
        int originUdp,
        List<String> hosts,
        boolean logged,
        boolean udp,
        int workers) {

    /** The host that every workload asks for. */
    static final String HOST = "app.localhost";

    Path log() {
        return folder.resolve("access.log");
    }

    Site withLog() {
        return variant(hosts, true, udp);
    }

    Site withUdp() {
        return variant(hosts, logged, true);
    }

    Site with(List<String> others) {
        return variant(List.copyOf(others), logged, udp);
    }

    private Site variant(List<String> names, boolean log, boolean datagrams) {
        return new Site(
                folder, httpPort, tcpPort, sparePort, originHttp, originTcp, originUdp, names, log, datagrams, workers);
    }
}
