package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gigabyte each way through a process that never has a fifth of it. */
class LargeBodyIT {

    private static final int BLOCK = 1 << 20;
    private static final int BLOCKS = 1024;

    @TempDir
    Path folder;

    private final byte[] block = new byte[BLOCK];
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private String expected = "";

    LargeBodyIT() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    }

    @BeforeEach
    void serve() {
        new Random(42).nextBytes(block);
        MessageDigest digest = sha256();
        for (int i = 0; i < BLOCKS; i++) {
            digest.update(block);
        }
        expected = HexFormat.of().formatHex(digest.digest());
        server.setExecutor(threads);
        server.createContext("/down", exchange -> {
            exchange.sendResponseHeaders(200, (long) BLOCK * BLOCKS);
            try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < BLOCKS; i++) {
                    out.write(block);
                }
            }
        });
        server.createContext("/up", exchange -> {
            MessageDigest received = sha256();
            byte[] buffer = new byte[65536];
            try (InputStream in = exchange.getRequestBody()) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    received.update(buffer, 0, n);
                }
            }
            byte[] answer = HexFormat.of().formatHex(received.digest()).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, answer.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(answer);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void a_gibibyte_down_and_up_arrives_whole_in_bounded_memory() throws IOException {
        String curl = Programs.require("curl").toString();
        try (Rig rig = new Rig(folder)) {
            PackagedGateway gateway =
                    rig.gateway("hosts: {big.localhost: " + server.getAddress().getPort() + "}\n");
            String request = curl + " -sS -f -H 'Host: big.localhost' http://127.0.0.1:" + gateway.port();
            String down = rig.run("sh", "-c", request + "/down | sha256sum");
            String up = rig.run("sh", "-c", request + "/down | " + request + "/up -T -");

            assertThat(down).startsWith(expected);
            assertThat(up).isEqualTo(expected);
            assertThat(residentKib(gateway.process().pid())).isLessThan(200L * 1024);
        }
    }

    private static long residentKib(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
