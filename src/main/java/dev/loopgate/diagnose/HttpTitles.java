package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The titles of the pages that ports serve: each port is asked for its first page, all at the same time. Those whose services
 * are known to speak otherwise, and would complain, are left alone.
 */
public final class HttpTitles {

    private static final int THREADS = 16;
    private static final int MOST_BYTES = 64 << 10;
    private static final int LONGEST_TITLE = 60;

    private static final Pattern TITLE =
            Pattern.compile("<title[^>]*>(.*?)</title", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Programs that do not serve pages, by the beginnings of their names. */
    private static final Pattern NO_PAGES = Pattern.compile(
            "(postgres|redis|valkey|mysql|mariadb|mongo|sshd|memcached|mosquitto|vsftpd|proftpd|smtpd|master|exim|dovecot"
                    + "|dnsmasq|named|unbound|systemd|rpc|beam|smbd|nmbd|cupsd|gpg|ssh|Xorg|Xvnc).*");

    private static final Set<String> NO_PAGE_SERVICES =
            Set.of("java debugger", "node debugger", "php-fpm", "kafka", "nats");

    private final Duration limit;

    public HttpTitles() {
        this(Duration.ofMillis(300));
    }

    HttpTitles(Duration limit) {
        this.limit = limit;
    }

    /** The same ports, with their titles. Blocks, for as long as the limit at most. */
    public List<OpenPort> of(List<OpenPort> ports) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "loopgate-titles");
            thread.setDaemon(true);
            return thread;
        });
        try {
            long end = System.nanoTime() + limit.toNanos();
            Map<OpenPort, CompletableFuture<Optional<String>>> asked = new LinkedHashMap<>();
            for (OpenPort port : ports) {
                asked.put(
                        port,
                        servesPages(port)
                                ? CompletableFuture.supplyAsync(() -> ask(port), threads)
                                : CompletableFuture.completedFuture(Optional.empty()));
            }
            List<OpenPort> titled = new ArrayList<>();
            asked.forEach((port, title) -> titled.add(with(port, await(title, end))));
            return titled;
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean servesPages(OpenPort port) {
        return port.protocol() == Protocol.TCP
                && !port.service().map(NO_PAGE_SERVICES::contains).orElse(false)
                && port.process()
                        .map(process -> !process.gateway()
                                && !NO_PAGES.matcher(process.name()).matches())
                        .orElse(port.range() != OpenPort.Range.WELL_KNOWN || port.port() == 80);
    }

    private static Optional<String> await(CompletableFuture<Optional<String>> title, long end) {
        try {
            return title.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException none) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<String> ask(OpenPort port) {
        InetAddress address = port.addresses().get(0);
        InetAddress to = address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
        int millis = (int) limit.toMillis();
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(millis);
            socket.connect(new InetSocketAddress(to, port.port()), millis);
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: localhost:" + port.port()
                                    + "\r\nAccept: text/html\r\nUser-Agent: loopgate\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return title(socket.getInputStream());
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    private static Optional<String> title(InputStream in) throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count > 0 && page.size() < MOST_BYTES; count = in.read(buffer)) {
            page.write(buffer, 0, count);
            String text = page.toString(StandardCharsets.UTF_8);
            if (!text.startsWith("HTTP/1")) {
                return Optional.empty();
            }
            Matcher title = TITLE.matcher(text);
            if (title.find()) {
                return Optional.of(plain(title.group(1))).filter(found -> !found.isEmpty());
            }
        }
        return Optional.empty();
    }

    /** What a page says ends up on a terminal. */
    static String plain(String html) {
        String text = html.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&")
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        return text.length() <= LONGEST_TITLE ? text : text.substring(0, LONGEST_TITLE - 1) + "…";
    }

    private static OpenPort with(OpenPort port, Optional<String> title) {
        return title.isEmpty()
                ? port
                : new OpenPort(
                        port.protocol(),
                        port.port(),
                        port.addresses(),
                        port.process(),
                        port.user(),
                        port.range(),
                        port.outgoing(),
                        port.service(),
                        title);
    }
}
