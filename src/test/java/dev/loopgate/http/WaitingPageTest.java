package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Configuration;
import dev.loopgate.testkit.Browser;
import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.Sites;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The page of a service that is starting, in a real browser. */
@ExtendWith(LeakCheck.class)
class WaitingPageTest {

    private static final Duration BROWSER = Duration.ofSeconds(60);

    @TempDir
    Path profile;

    @Test
    void opens_the_service_by_itself_once_it_answers() throws Exception {
        Vertx vertx = Vertx.vertx();
        List<String> requests = new CopyOnWriteArrayList<>();
        ClosedPort closed = new ClosedPort();
        int port = closed.port();
        Configuration configuration = Sites.of(Sites.proxy("app.localhost", port));
        try (RunningGateway gateway = RunningGateway.start(configuration);
                Browser browser = Browser.open(profile)) {
            browser.show("http://app.localhost:" + gateway.port() + "/page?a=1");
            Eventually.until(
                    "the waiting page asks again: " + browser.errors(),
                    BROWSER,
                    () -> gateway.http().requests() >= 3);

            closed.close();
            vertx.createHttpServer()
                    .requestHandler(request -> answer(request, requests))
                    .listen(port, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);

            Eventually.until("the service's own page runs: " + requests, BROWSER, () -> requests.contains("GET /ran"));
            assertThat(requests).startsWith("HEAD /page?a=1", "GET /page?a=1");
        } finally {
            closed.close();
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static void answer(HttpServerRequest request, List<String> requests) {
        requests.add(request.method() + " " + request.uri());
        request.response()
                .putHeader("Content-Type", "text/html")
                .end("<!doctype html><link rel=icon href=data:,><script>fetch('/ran')</script>");
    }
}
