package dev.loopgate.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Kept connections over TLS, by the program h2load: each asks again as soon as it has an answer.
 *
 * @param http2 otherwise HTTP/1.1
 * @param streams requests at once on each connection; 1 in HTTP/1.1
 */
record H2Load(boolean http2, int connections, int streams) implements Load {

    static final Path PROGRAM = Programs.find("h2load");

    private static final long PATIENCE_SECONDS = 30;

    @Override
    public Outcome run(RunningPeer peer, Duration span) throws IOException {
        Path log = peer.folder().resolve("h2load.tsv");
        Files.deleteIfExists(log);
        Process process = new ProcessBuilder(List.of(
                        PROGRAM.toString(),
                        "--duration=" + span.toMillis() + "ms",
                        "--clients=" + connections,
                        "--max-concurrent-streams=" + streams,
                        "--npn-list=" + (http2 ? "h2" : "http/1.1"),
                        "--connect-to=127.0.0.1:" + peer.tlsPort(),
                        "--log-file=" + log,
                        "https://" + Site.HOST + ":" + peer.tlsPort() + "/1024"))
                .redirectErrorStream(true)
                .redirectOutput(peer.folder().resolve("h2load.txt").toFile())
                .start();
        try {
            if (!process.waitFor(span.toSeconds() + PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("h2load did not end well; its words are in " + peer.folder());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while h2load ran");
        } finally {
            process.destroyForcibly();
        }
        return outcome(log, span);
    }

    /** A line for each request: when, what status, and how many microseconds it took. */
    private static Outcome outcome(Path log, Duration span) throws IOException {
        Latencies latencies = new Latencies();
        int failed = 0;
        for (String line : Files.readAllLines(log)) {
            String[] columns = line.split("\t", -1);
            if (columns[1].equals("200")) {
                latencies.add(TimeUnit.MICROSECONDS.toNanos(Long.parseLong(columns[2])));
            } else {
                failed++;
            }
        }
        if (latencies.count() == 0) {
            throw new IOException("h2load got no answer; its words are beside " + log);
        }
        return new Outcome(latencies.count(), span.toNanos() / 1e9, failed, 0, latencies);
    }
}
