package dev.loopgate.testkit;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page in headless Chromium, driven by the DevTools protocol, with a profile of its own and without a network but this
 * machine's.
 */
public final class Browser implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern DEVTOOLS = Pattern.compile("DevTools listening on ws://127\\.0\\.0\\.1:(\\d+)/");

    private final RunningProcess process;
    private final WebSocket tools;
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
    private final List<JsonObject> events = new CopyOnWriteArrayList<>();

    private Browser(RunningProcess process) throws IOException, InterruptedException {
        this.process = process;
        Eventually.until("a browser that listens", LIMIT, () -> !process.alive() || port(process) > 0);
        if (!process.alive()) {
            throw new AssertionError("the browser ended: " + process.stderr());
        }
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(process) + "/json/new"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .timeout(LIMIT)
                .build();
        JsonObject page = new JsonObject(
                client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        tools = client.newWebSocketBuilder()
                .connectTimeout(LIMIT)
                .buildAsync(URI.create(page.getString("webSocketDebuggerUrl")), new Messages())
                .join();
        call("Page.enable", new JsonObject());
        call("Network.enable", new JsonObject());
    }

    /**
     * An empty page. Skips the test where there is no Chromium.
     *
     * @param profile an empty folder
     */
    public static Browser open(Path profile) {
        return open(profile, "--disable-quic");
    }

    /**
     * The same with QUIC, which it speaks with this one server at once: with others of an authority that is not the whole
     * world's it does not.
     *
     * @param server its name and port
     * @param key the SHA-256 of the public key of its certificate, in base 64
     */
    public static Browser openWithQuic(Path profile, String server, String key) {
        return open(
                profile,
                "--enable-quic",
                "--origin-to-force-quic-on=" + server,
                "--ignore-certificate-errors-spki-list=" + key,
                "--host-resolver-rules=MAP * 127.0.0.1");
    }

    private static Browser open(Path profile, String... quic) {
        Path program = Programs.find("chromium")
                .or(() -> Programs.find("chromium-browser"))
                .or(() -> Programs.find("google-chrome"))
                .orElseGet(() -> Programs.require("chromium"));
        RunningProcess process = RunningProcess.start(
                profile,
                // Nothing of the user's own settings takes part.
                Map.of("HOME", profile.toString(), "XDG_CONFIG_HOME", profile.toString()),
                command(
                        quic,
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-proxy-server",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank"));
        try {
            return new Browser(process);
        } catch (IOException | AssertionError failed) {
            process.close();
            throw new AssertionError(failed);
        } catch (InterruptedException stopped) {
            process.close();
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        }
    }

    private static List<String> command(String[] more, String... words) {
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(1, List.of(more));
        return command;
    }

    private static int port(RunningProcess process) {
        Matcher line = DEVTOOLS.matcher(process.stderr());
        return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }

    public void show(String url) {
        call("Page.navigate", new JsonObject().put("url", url));
    }

    /** The value of an expression in the page, as text. */
    public String evaluate(String expression) {
        JsonObject result = call(
                "Runtime.evaluate",
                new JsonObject().put("expression", "String(" + expression + ")").put("awaitPromise", true));
        return result.getJsonObject("result", new JsonObject()).getString("value", "");
    }

    /** Waits until an expression in the page has this value. */
    public void await(String expression, String value) {
        String[] last = {""};
        if (!Eventually.holds(LIMIT, () -> {
            last[0] = evaluate(expression);
            return last[0].equals(value);
        })) {
            throw new AssertionError(expression + " is " + last[0] + ", not " + value + "; the page is\n"
                    + evaluate("document.documentElement.outerHTML"));
        }
    }

    /** The parameters of every event of this name since the browser was opened. */
    public List<JsonObject> events(String name) {
        return events.stream()
                .filter(event -> name.equals(event.getString("method")))
                .map(event -> event.getJsonObject("params"))
                .toList();
    }

    /** What the browser said, for the message of a failed test. */
    public String errors() {
        return process.stderr();
    }

    @Override
    public void close() {
        tools.abort();
        process.close();
    }

    private JsonObject call(String method, JsonObject parameters) {
        int id = calls.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        String message = new JsonObject()
                .put("id", id)
                .put("method", method)
                .put("params", parameters)
                .encode();
        return tools.sendText(message, true)
                .thenCompose(sent -> answer)
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private final class Messages implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                received(new JsonObject(text.toString()));
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        private void received(JsonObject message) {
            Integer id = message.getInteger("id");
            if (id == null) {
                events.add(message);
                return;
            }
            CompletableFuture<JsonObject> answer = waiting.remove(id);
            if (answer != null) {
                answer.complete(message.getJsonObject("result", new JsonObject()));
            }
        }
    }
}
