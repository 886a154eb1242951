package dev.loopgate.cli;

import dev.loopgate.http.FailureCode;
import dev.loopgate.model.HostPattern;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Printable;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One request through the gateway, to see whether something behind it answers.
 *
 * @param gateway where it listens
 * @param authority the Host to ask for
 * @param path of a route of that host
 */
record HostProbe(InetSocketAddress gateway, String authority, String path) {

    private static final int LONGEST = 64 * 1024;
    private static final int LONGEST_CAUSE = 300;
    private static final String ERROR = "x-loopgate-error:";

    static HostProbe of(JsonObject status, HostPattern pattern, String name, int port) {
        String address = StatusLists.objects(status, "listeners").stream()
                .map(one -> one.getString("address"))
                .filter(one -> one.endsWith(":" + port))
                .findFirst()
                .orElse("127.0.0.1:" + port);
        String host = address.substring(0, address.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
        InetAddress ip = switch (host) {
            case "0.0.0.0" -> Addresses.LOOPBACK4;
            case "::", "0:0:0:0:0:0:0:0" -> Addresses.LOOPBACK6;
            default -> Addresses.literal(host);
        };
        List<String> prefixes = StatusLists.objects(status, "hosts").stream()
                .filter(one -> one.getString("pattern").equals(pattern.toString()))
                .flatMap(one -> StatusLists.objects(one, "routes").stream())
                .map(route -> route.getString("prefix"))
                .toList();
        String path = prefixes.contains("/") || prefixes.isEmpty() ? "/" : prefixes.get(0);
        return new HostProbe(new InetSocketAddress(ip, port), name + ":" + port, path);
    }

    /**
     * Blocks.
     *
     * @param deadline of {@link System#nanoTime}
     * @return a clause that says why nothing behind the gateway answers; empty where something does
     */
    Optional<String> failure(long deadline) {
        try (Socket socket = new Socket()) {
            socket.connect(gateway, millis(deadline));
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + authority
                    + "\r\nAccept: */*\r\nUser-Agent: loopgate-wait\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return verdict(answer(socket, deadline));
        } catch (SocketTimeoutException e) {
            return Optional.of("the request is still without an answer");
        } catch (IOException e) {
            return Optional.of("the gateway cannot be asked: " + e.getMessage());
        }
    }

    /** The head, and of an answer of the gateway's own the body. */
    private static String answer(Socket socket, long deadline) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        byte[] chunk = new byte[4096];
        while (text.length() < LONGEST) {
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0 && !text.substring(0, end).toLowerCase(Locale.ROOT).contains("\r\n" + ERROR)) {
                break;
            }
            socket.setSoTimeout(millis(deadline));
            int count = in.read(chunk);
            if (count < 0) {
                break;
            }
            text.append(new String(chunk, 0, count, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    private static Optional<String> verdict(String answer) {
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0) {
            return Optional.of("the gateway closed the connection without an answer");
        }
        String code = answer.substring(0, end)
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(ERROR))
                .map(line -> line.substring(ERROR.length()).strip())
                .findFirst()
                .orElse("");
        if (code.isEmpty() || code.equals(FailureCode.NO_FILE.text())) {
            return Optional.empty();
        }
        String words = Printable.of(
                new String(answer.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        String cause = words.substring(0, Math.min(LONGEST_CAUSE, words.length()));
        return Optional.of(cause.isEmpty() ? "the gateway says " + code : cause);
    }

    private static int millis(long deadline) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (deadline - System.nanoTime()) / 1_000_000));
    }
}
