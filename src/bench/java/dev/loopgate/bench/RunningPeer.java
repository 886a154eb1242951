package dev.loopgate.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A proxy that was started here, and is ended here, by pid. */
final class RunningPeer implements AutoCloseable {

    private static final long ANSWER_LIMIT = TimeUnit.SECONDS.toNanos(60);

    private final Peer peer;
    private final Process process;
    private final double startMillis;
    private Site site;

    private RunningPeer(Peer peer, Site site, Process process, long begin) throws IOException, InterruptedException {
        this.peer = peer;
        this.site = site;
        this.process = process;
        try {
            this.startMillis = millisUntilAnswer(Site.HOST, begin);
        } catch (IOException | InterruptedException failed) {
            close();
            throw failed;
        }
    }

    /** Starts it and waits for its first proxied answer. */
    static RunningPeer start(Peer peer, Site site) throws IOException, InterruptedException {
        Files.createDirectories(site.folder());
        peer.configure(site);
        ProcessBuilder builder = new ProcessBuilder(peer.command(site))
                .directory(site.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(site.folder().resolve("output.txt").toFile());
        builder.environment().putAll(peer.environment(site));
        long begin = System.nanoTime();
        return new RunningPeer(peer, site, builder.start(), begin);
    }

    Peer peer() {
        return peer;
    }

    InetSocketAddress http() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), site.httpPort());
    }

    int tlsPort() {
        return site.tlsPort();
    }

    Path folder() {
        return site.folder();
    }

    InetSocketAddress tcp() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), site.tcpPort());
    }

    InetSocketAddress udp() {
        return tcp();
    }

    ProcessCosts costs() throws IOException {
        return ProcessCosts.of(process.toHandle());
    }

    /** From its command to its first proxied answer. */
    double startMillis() {
        return startMillis;
    }

    /** Has it serve these hosts and another from now on; returns when that was in its file, by {@link System#nanoTime}. */
    long change(List<String> hosts, String another) throws IOException, InterruptedException {
        site = site.with(Stream.concat(hosts.stream(), Stream.of(another)).toList());
        peer.configure(site);
        long written = System.nanoTime();
        peer.reload(site, process.toHandle());
        return written;
    }

    /** Asks until a host answers; returns how long that is after {@code begin}. */
    double millisUntilAnswer(String host, long begin) throws IOException, InterruptedException {
        while (!Probe.answers(http(), host)) {
            if (!process.isAlive() || System.nanoTime() - begin > ANSWER_LIMIT) {
                throw new IOException(peer.name() + " does not answer for " + host + "; its words are in "
                        + site.folder().resolve("output.txt"));
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    /** Ends it and all it has started. */
    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        process.destroy();
        try {
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
