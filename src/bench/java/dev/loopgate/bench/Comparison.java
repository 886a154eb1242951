package dev.loopgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Compares Loopgate with the proxies that are installed, and writes a table and a chart. */
public final class Comparison {

    private final Settings settings;
    private final Report report;
    private final Results results = new Results();

    private Comparison(Settings settings) throws IOException {
        this.settings = settings;
        this.report = new Report(settings);
    }

    public static void main(String[] arguments) throws Exception {
        if (!Files.isReadable(Path.of("/proc/self/stat"))) {
            throw new IllegalStateException("this reads CPU time from /proc, and there is none");
        }
        new Comparison(Settings.fromSystemProperties()).run();
    }

    private void run() throws IOException, InterruptedException {
        try (Origin origin = Origin.start()) {
            List<Peer> peers = installed();
            Stage stage = new Stage(settings, origin);
            for (Peer peer : peers) {
                stage.settle(peer);
            }
            for (Case one : Cases.all(settings)) {
                if (settings.wants(one.name())) {
                    compare(one, peers, stage);
                    report.write(results, peers);
                }
            }
        }
        report.tell();
    }

    private List<Peer> installed() {
        Path haproxy = Programs.find("haproxy");
        List<Peer> installed = new ArrayList<>();
        Stream.of(
                        new Loopgate(settings.checkout()),
                        new Nginx(Programs.find("nginx")),
                        new HaProxy(haproxy, false),
                        new HaProxy(haproxy, true),
                        new Caddy(Programs.find("caddy")))
                .forEach(peer -> {
                    if (Files.isExecutable(peer.program())) {
                        installed.add(peer);
                    } else if (!peer.bulkOnly()) {
                        report.progress(peer.name() + " is left out: " + peer.program() + " is not installed");
                    }
                });
        return installed;
    }

    private void compare(Case one, List<Peer> peers, Stage stage) throws IOException, InterruptedException {
        report.progress(one.name() + ": " + one.title());
        List<Peer> able = peers.stream().filter(one::takes).toList();
        if (one.fresh()) {
            for (int round = 0; round < settings.rounds(); round++) {
                for (Peer peer : turn(able, round)) {
                    try (RunningPeer running = stage.start(peer, one)) {
                        one.warmUp(running, settings);
                        results.add(one, peer, one.measure(running, settings));
                    }
                }
            }
            return;
        }
        List<RunningPeer> running = new ArrayList<>();
        try {
            for (Peer peer : able) {
                RunningPeer started = stage.start(peer, one);
                running.add(started);
                one.warmUp(started, settings);
            }
            for (int round = 0; round < settings.rounds(); round++) {
                for (RunningPeer peer : turn(running, round)) {
                    results.add(one, peer.peer(), one.measure(peer, settings));
                }
            }
        } finally {
            running.forEach(RunningPeer::close);
        }
    }

    /** Nobody is always the first. */
    private static <T> List<T> turn(List<T> all, int round) {
        List<T> turned = new ArrayList<>(all);
        Collections.rotate(turned, round);
        return turned;
    }
}
