package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Target;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clients of HTTP/2 that are answered while they send: they see the answer, and then that the rest is not wanted. */
class Http2EarlyAnswerTest {

    private static final String EARLY = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 7\r\n\r\ntoo big";

    @RegisterExtension
    static final Stage STAGE = new Stage(Http2EarlyAnswerTest::configuration);

    private static dev.loopgate.model.Configuration configuration(Stage stage) {
        return Sites.of(
                Sites.proxy("a.localhost", stage.a().port()),
                Sites.proxy("b.localhost", stage.b().port()),
                Sites.host("no.localhost", Sites.route("/", new Target.Respond(403, "said", Map.of()))));
    }

    private static Http2Peer client() {
        Http2Peer peer = Http2Peer.client(STAGE.gateway().port());
        STAGE.keep(RawClient.over(peer.wire()));
        return peer;
    }

    /** An upload whose answer is here and whole; gives its stream. */
    private static int answered(Http2Peer client) {
        int stream = client.request("POST", "no.localhost", "/", false);
        client.until("the answer", () -> client.message(stream).ended());
        assertThat(client.message(stream).body()).isEqualTo("said");
        return stream;
    }

    private static void stillServed(Http2Peer client) {
        client.roundTrip();
        assertThat(client.goAway()).isEqualTo(-1);
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
    }

    @Test
    void who_ends_its_stream_when_it_is_answered_sees_no_reset() {
        Http2Peer client = client();
        int spared = 0;
        // A busy machine may take longer than the gateway waits, but hardly each time.
        for (int i = 0; i < 20 && spared < 3; i++) {
            int stream = answered(client);
            client.data(stream, "the rest", true).roundTrip();
            spared += client.message(stream).reset().isEmpty() ? 1 : 0;
        }
        assertThat(spared).isEqualTo(3);
        stillServed(client);
    }

    @Test
    void who_sends_on_is_told_to_stop() {
        Http2Peer client = client();
        int stream = answered(client);
        byte[] piece = new byte[16_000];
        client.until("a reset", () -> {
            // In vain, and no more than the windows let through, which are given back.
            client.offer(stream, piece, 0, false);
            client.roundTrip();
            return client.message(stream).reset().isPresent();
        });
        assertThat(client.message(stream).reset()).contains(0L);
        stillServed(client);
    }

    @Test
    void who_is_answered_again_and_again_can_go_on_asking() {
        Http2Peer client = client();
        for (int i = 0; i < 300; i++) {
            answered(client);
        }
        stillServed(client);
    }

    @Test
    void who_leaves_its_streams_open_does_not_hold_up_the_end() {
        try (RunningGateway stopping = RunningGateway.start(configuration(STAGE))) {
            Http2Peer client = Http2Peer.client(stopping.port());
            answered(client);
            stopping.http().drain();
            assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            assertThat(client.goAway()).isZero();
            client.close();
        }
    }

    @Test
    void who_says_that_nothing_more_comes_is_let_go() {
        Http2Peer client = client();
        Http2Message answer = client.message(answered(client));
        client.wire().finish();
        assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
        assertThat(answer.reset()).contains(0L);
    }

    /** That of Debian 12 throws an answer away behind which a reset comes at once. */
    @Test
    void curl_gets_an_answer_that_does_not_wait_for_its_file(@TempDir Path folder) throws IOException {
        Programs.require("curl");
        STAGE.a().always(new PeerAction.EarlyReply(EARLY, Then.KEEP));
        Path file = Files.write(folder.resolve("file"), new byte[3_000_000]);
        for (String host : List.of("a.localhost", "no.localhost")) {
            try (RunningProcess curl = RunningProcess.start(
                    folder,
                    Map.of(),
                    List.of(
                            "curl",
                            "-sS",
                            "--http2-prior-knowledge",
                            "--max-time",
                            "30",
                            "--resolve",
                            host + ":" + STAGE.gateway().port() + ":127.0.0.1",
                            "-T",
                            file.toString(),
                            "http://" + host + ":" + STAGE.gateway().port() + "/"))) {
                int exit = curl.awaitExit(Duration.ofSeconds(60));
                assertThat(curl.stdout()).as(curl.stderr()).isIn("too big", "said");
                assertThat(exit).as(curl.stderr()).isZero();
            }
        }
    }
}
