package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a service says, and who has to speak first. */
public sealed interface Speech {

    /**
     * It speaks first.
     *
     * @param line the first one, as it may be shown on a terminal
     */
    record Banner(String line, Duration took) implements Speech {}

    /**
     * It answers requests of HTTP.
     *
     * @param status the status line
     */
    record Http(String status, Optional<String> server, Duration took) implements Speech {}

    /**
     * It speaks TLS.
     *
     * @param http what it says to a request within TLS
     */
    record Tls(TlsSession session, Optional<Http> http) implements Speech {}

    /**
     * It takes connections and says nothing that tells what it is.
     *
     * @param service what usually listens on the port
     * @param closed whether it ends the connection
     */
    record Silent(Optional<String> service, boolean closed) implements Speech {}

    /** How long a service that speaks first may take. */
    Duration BANNER = Duration.ofMillis(300);

    /** Those that would take a request of HTTP for an attack, or a broken client. */
    Set<String> NOT_ASKED = Set.of(
            "postgresql", "redis", "mongodb", "memcached", "kafka", "mqtt", "rabbitmq", "cassandra", "sql server", "domain");

    /** Where TLS is what is spoken first. */
    Set<Integer> USUALLY_TLS = Set.of(443, 465, 636, 853, 993, 995, 5671, 6443, 8443, 8883, 9443);

    /** Asks. Blocks, for a few times the limit at most. */
    static Speech of(InetSocketAddress address, String host, Duration limit) {
        Optional<String> service = new ServiceNames().of(Protocol.TCP, address.getPort());
        Optional<Speech> first = listen(address, limit);
        if (first.isPresent()) {
            return first.get();
        }
        if (service.map(NOT_ASKED::contains).orElse(false)) {
            return new Silent(service, false);
        }
        boolean tlsFirst = USUALLY_TLS.contains(address.getPort());
        Optional<Speech> told = tlsFirst ? tls(address, host, limit) : http(address, host, limit);
        return told.or(() -> tlsFirst ? http(address, host, limit) : tls(address, host, limit))
                .orElseGet(() -> new Silent(service, false));
    }

    private static Optional<Speech> listen(InetSocketAddress address, Duration limit) {
        long start = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) limit.toMillis());
            socket.setSoTimeout((int) Math.min(BANNER.toMillis(), limit.toMillis()));
            byte[] bytes = new byte[256];
            int count = socket.getInputStream().read(bytes);
            return Optional.of(
                    count < 0
                            ? new Silent(new ServiceNames().of(Protocol.TCP, address.getPort()), true)
                            : new Banner(line(bytes, count), Probe.since(start)));
        } catch (SocketTimeoutException silent) {
            return Optional.empty();
        } catch (IOException reset) {
            return Optional.of(new Silent(Optional.empty(), true));
        }
    }

    private static Optional<Speech> tls(InetSocketAddress address, String host, Duration limit) {
        return TlsSession.of(address, host, limit).map(session -> new Tls(session, session.http()));
    }

    private static Optional<Speech> http(InetSocketAddress address, String host, Duration limit) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) limit.toMillis());
            return http(socket, host, limit)
                    .filter(answer -> !answer.status().contains(" 400 ") || !speaksTlsOnly(address, host, limit))
                    .map(Speech.class::cast);
        } catch (IOException other) {
            return Optional.empty();
        }
    }

    /** Some servers tell who speaks plainly to their TLS port with a 400. */
    private static boolean speaksTlsOnly(InetSocketAddress address, String host, Duration limit) {
        return TlsSession.of(address, host, limit).isPresent();
    }

    /** @return empty where what comes is no answer of HTTP */
    static Optional<Http> http(Socket socket, String host, Duration limit) throws IOException {
        long start = System.nanoTime();
        socket.setSoTimeout((int) limit.toMillis());
        String authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + socket.getPort();
        socket.getOutputStream()
                .write(("GET / HTTP/1.1\r\nHost: " + authority
                                + "\r\nUser-Agent: loopgate\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        byte[] bytes = new byte[4096];
        int size = 0;
        String text = "";
        while (size < bytes.length && !text.contains("\r\n\r\n")) {
            int count = socket.getInputStream().read(bytes, size, bytes.length - size);
            if (count < 0) {
                break;
            }
            size += count;
            text = new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
            if (!text.startsWith("HTTP/".substring(0, Math.min(5, size)))) {
                return Optional.empty();
            }
        }
        if (size < "HTTP/1.1 200".length()) {
            return Optional.empty();
        }
        Matcher server = Pattern.compile("\r\n[Ss]erver: *([^\r\n]*)").matcher(text);
        return Optional.of(new Http(
                plain(text.lines().findFirst().orElse("")),
                server.find() ? Optional.of(plain(server.group(1))) : Optional.empty(),
                Probe.since(start)));
    }

    private static String line(byte[] bytes, int count) {
        String text = new String(bytes, 0, count, StandardCharsets.UTF_8);
        List<String> lines = text.lines().toList();
        return plain(lines.isEmpty() ? "" : lines.get(0));
    }

    private static String plain(String text) {
        return text.replaceAll("[^\\x20-\\x7e\\xa0-\\ufffc]", ".").strip();
    }
}
