package dev.loopgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where proxies are started: folders and ports of their own, before one origin. */
final class Stage {

    private final Settings settings;
    private final Origin origin;
    private int started;

    Stage(Settings settings, Origin origin) {
        this.settings = settings;
        this.origin = origin;
    }

    RunningPeer start(Peer peer, Case one) throws IOException, InterruptedException {
        Site site = one.site(plain(peer));
        if (site.tls()) {
            certify(site);
        }
        return RunningPeer.start(peer, site);
    }

    /** Has a proxy do what it does only once, the first time it runs. */
    void settle(Peer peer) throws IOException, InterruptedException {
        try (RunningPeer running = RunningPeer.start(peer, plain(peer))) {
            running.peer().awaitSettled();
        }
    }

    /** A certificate that only its own load is to believe. */
    private static void certify(Site site) throws IOException, InterruptedException {
        Programs.run(List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + Site.HOST,
                "-addext",
                "subjectAltName=DNS:" + Site.HOST,
                "-keyout",
                site.certificate().toString(),
                "-out",
                site.certificate().toString()));
    }

    private Site plain(Peer peer) throws IOException {
        List<Integer> ports = Ports.free(4);
        Path folder = settings.results().resolve("run").resolve(peer.name().replaceAll("[^A-Za-z]+", "-") + started++);
        Files.createDirectories(folder);
        return new Site(
                folder,
                ports.get(0),
                ports.get(1),
                ports.get(2),
                ports.get(3),
                origin.httpPort(),
                origin.tcpPort(),
                origin.udpPort(),
                List.of(Site.HOST),
                false,
                false,
                false,
                settings.workers());
    }
}
