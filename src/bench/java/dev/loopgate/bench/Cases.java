package dev.loopgate.bench;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Every case there is, in the order of the table. */
final class Cases {

    private static final int KIB = 1024;
    private static final List<Measure> RATE_AND_LATENCY =
            List.of(Measure.RATE, Measure.P50, Measure.P99, Measure.RSS, Measure.ERRORS);
    private static final List<Measure> SPEED = List.of(Measure.GIGABYTES, Measure.ERRORS);

    private Cases() {}

    static List<Case> all(Settings settings) {
        Workload get = Workload.get(64, KIB, Site.HOST);
        List<Case> all = new ArrayList<>();
        all.add(http("http", "1 KiB GET, kept connections", new ClosedLoop(get, false, false), RATE_AND_LATENCY));
        all.add(new LoadCase(
                "http-log",
                "the same, with an access log",
                new ClosedLoop(get, false, false),
                Measure.CPU_PER_REQUEST,
                RATE_AND_LATENCY,
                Site::withLog,
                Peer::logsToFile));
        all.add(http(
                "http-rate",
                "1 KiB GET, " + settings.rate() + " per second whatever comes",
                new OpenLoop(get, settings.rate()),
                List.of(Measure.P50, Measure.P99, Measure.ERRORS)));
        all.add(http(
                "http-close",
                "1 KiB GET, a connection each",
                new ClosedLoop(Workload.getAndClose(16, KIB), false, false),
                RATE_AND_LATENCY));
        if (Files.isExecutable(H2Load.PROGRAM)) {
            all.add(https("https", "1 KiB GET over TLS, kept connections", new H2Load(false, 64, 1)));
            all.add(https("https-h2", "1 KiB GET over TLS, 8 connections with 8 streams", new H2Load(true, 8, 8)));
        }
        for (int size : new int[] {64 * KIB, KIB * KIB}) {
            String text = size < KIB * KIB ? "64 KiB" : "1 MiB";
            all.add(body(text + " down", Workload.get(8, size, Site.HOST)));
            all.add(body(text + " up", Workload.put(8, size)));
        }
        all.add(new LoadCase(
                "websocket",
                "64 bytes and their echo",
                new ClosedLoop(Workload.webSocket(64, 64), false, false),
                Measure.CPU_PER_MESSAGE,
                List.of(Measure.RATE, Measure.P99, Measure.ERRORS),
                UnaryOperator.identity(),
                peer -> !peer.bulkOnly()));
        all.add(bulk("down", true));
        all.add(bulk("up", false));
        all.add(new LoadCase(
                "tcp-short",
                "64 bytes and their echo, a connection each",
                new ClosedLoop(Workload.tcpEcho(16, 64), true, false),
                Measure.CPU_PER_CONNECTION,
                List.of(Measure.RATE, Measure.P99, Measure.ERRORS),
                UnaryOperator.identity(),
                peer -> peer.forwardsTcp() && !peer.bulkOnly()));
        all.add(new LoadCase(
                "udp",
                "512 bytes and their echo, 32 clients",
                new Datagrams(32, 512),
                Measure.CPU_PER_DATAGRAM,
                List.of(Measure.RATE, Measure.P99, Measure.LOST),
                Site::withUdp,
                Peer::forwardsUdp));
        all.add(new FreshCase.Start());
        all.add(new FreshCase.Idle(5000));
        all.add(new FreshCase.Reload(1000));
        return all;
    }

    private static Case http(String name, String title, Load load, List<Measure> others) {
        return new LoadCase(
                name, title, load, Measure.CPU_PER_REQUEST, others, UnaryOperator.identity(), peer -> !peer.bulkOnly());
    }

    private static Case https(String name, String title, Load load) {
        return new LoadCase(
                name, title, load, Measure.CPU_PER_REQUEST, RATE_AND_LATENCY, Site::withTls, peer -> !peer.bulkOnly());
    }

    private static Case body(String title, Workload workload) {
        return new LoadCase(
                "bodies",
                title,
                new ClosedLoop(workload, false, true),
                Measure.CPU_PER_GIGABYTE,
                SPEED,
                UnaryOperator.identity(),
                peer -> !peer.bulkOnly());
    }

    private static Case bulk(String title, boolean down) {
        return new LoadCase(
                "tcp-bulk",
                "one connection, " + title,
                new Bulk(down),
                Measure.CPU_PER_GIGABYTE,
                SPEED,
                UnaryOperator.identity(),
                Peer::forwardsTcp);
    }
}
