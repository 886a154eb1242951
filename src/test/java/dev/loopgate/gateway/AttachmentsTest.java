package dev.loopgate.gateway;

import static dev.loopgate.gateway.GatewayUnderTest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.DiskTexts;
import dev.loopgate.config.ReadResult;
import dev.loopgate.config.ReadSources;
import dev.loopgate.gateway.ReloadReport.Outcome;
import dev.loopgate.model.Configuration;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.TcpPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in force is the sum of the gateway's own file and those that are attached. */
class AttachmentsTest implements AttachedProject.Listener {

    @TempDir
    Path folder;

    private final BlockingQueue<ReloadReport> changes = new LinkedBlockingQueue<>();
    private final GatewayUnderTest under = new GatewayUnderTest();
    private int port;
    private Attachments attachments = new Attachments(under.gateway, part("", "{}"), under);

    @BeforeEach
    void start() {
        port = TcpPeer.closedPort();
        ConfigurationPart own = own("");
        under.started(own.configuration());
        attachments = new Attachments(under.gateway, own, under);
    }

    @AfterEach
    void stop() {
        under.close();
    }

    @Test
    void a_text_is_served_until_it_is_closed() {
        AttachedProject project = attach(AttachRequest.ofText("web", answering("web", "1")));
        assertThat(get(port, "web.localhost")).isEqualTo("1");
        assertThat(get(port, "own.localhost")).isEqualTo("own");
        assertThat(attachments.status().attached())
                .containsExactly(new GatewayStatus.Attached(
                        "web", Optional.empty(), ProcessHandle.current().pid(), List.of("web.localhost"), List.of()));
        assertThat(Watched.await(project.replace(answering("web", "2"))).inForce())
                .isTrue();
        assertThat(get(port, "web.localhost")).isEqualTo("2");
        assertThat(Watched.await(project.replace("hosts: {web.localhost: 0}")).outcome())
                .isEqualTo(Outcome.INVALID);
        assertThat(get(port, "web.localhost")).isEqualTo("2");
        Watched.await(project.close());
        assertThat(get(port, "web.localhost")).isEqualTo("404");
        assertThat(attachments.count()).isZero();
        assertThat(under.reloads).isEmpty();
    }

    @Test
    void the_later_one_of_two_is_refused() {
        attach(AttachRequest.ofText("one", answering("web", "1")));
        assertThatThrownBy(() -> attach(AttachRequest.ofText("two", answering("web", "2"))))
                .hasStackTraceContaining("two: the host web.localhost is at one already");
        assertThat(get(port, "web.localhost")).isEqualTo("1");
        assertThat(Watched.await(attachments.own(own("  web.localhost: 1\n"))).problems())
                .singleElement()
                .asString()
                .contains("loopgate.yaml:4:3", "is at one already");
        assertThat(Watched.await(attachments.own(own("  more.localhost: 1\n"))).outcome())
                .isEqualTo(Outcome.APPLIED);
        assertThat(get(port, "web.localhost")).isEqualTo("1");
    }

    @Test
    void ports_are_had_once() {
        int free = TcpPeer.closedPort();
        attach(AttachRequest.ofText("one", "forwards: {%d: 1}".formatted(free)));
        assertThatThrownBy(() -> attach(AttachRequest.ofText("two", "forwards: {\"127.0.0.1:%d\": 2}".formatted(free))))
                .hasStackTraceContaining("wants the port of the forward " + free);
        assertThatThrownBy(() -> attach(AttachRequest.ofText("two", "forwards: {%d: 2}".formatted(port))))
                .hasStackTraceContaining("the gateway itself");
        assertThatThrownBy(() ->
                        attach(AttachRequest.ofText("two", "forwards: {%d: %d}".formatted(TcpPeer.closedPort(), port))))
                .hasStackTraceContaining("leads to the gateway itself");
        assertThat(attachments.count()).isEqualTo(1);
    }

    @Test
    void a_file_is_followed_with_the_variables_of_who_attached_it() throws IOException {
        Path file = Files.writeString(folder.resolve("web.yaml"), answering("web", "${WORD}"));
        AttachRequest request =
                new AttachRequest("web", Optional.of(file), Optional.empty(), Map.of("WORD", "1"), false, 7);
        AttachedProject project = attach(request);
        assertThat(get(port, "web.localhost")).isEqualTo("1");
        assertThatThrownBy(() -> attach(request)).hasStackTraceContaining("is attached already, by process 7");
        Files.writeString(file, answering("web", "${WORD}${OTHER}"));
        Eventually.until("a problem", () -> !changes.isEmpty());
        assertThat(changes.remove().problems()).singleElement().asString().contains("OTHER is not set");
        assertThat(get(port, "web.localhost")).isEqualTo("1");
        project.use(Map.of("WORD", "1", "OTHER", "2"));
        Eventually.until("the edit", () -> get(port, "web.localhost").equals("12"));
        Watched.await(project.close());
    }

    private AttachedProject attach(AttachRequest request) {
        return Watched.await(AttachedProject.attach(
                under.vertx,
                attachments,
                request,
                read -> new ConfigurationPart(request.name(), request.file(), read.configuration(), List.of(), read),
                this));
    }

    private ConfigurationPart own(String more) {
        return part("loopgate.yaml", """
                listen: 127.0.0.1:%d
                hosts:
                  own.localhost: {respond: {body: own}}
                %s
                access-log: off
                """.formatted(port, more));
    }

    private ConfigurationPart part(String name, String text) {
        if (name.isEmpty()) {
            return new ConfigurationPart(
                    name,
                    Optional.empty(),
                    Configuration.EMPTY,
                    List.of(),
                    new ReadResult.Valid(Configuration.EMPTY, List.of(), new ReadSources(List.of(), List.of())));
        }
        try {
            Path file = Files.writeString(folder.resolve(name), text);
            ReadResult.Valid read =
                    (ReadResult.Valid) new ConfigurationReader(System::getenv).read(file, new DiskTexts());
            return new ConfigurationPart(name, Optional.of(file), read.configuration(), List.of(), read);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String answering(String name, String body) {
        return "hosts: {%s.localhost: {respond: {body: \"%s\"}}}".formatted(name, body);
    }

    @Override
    public void changed(ReloadReport report) {
        changes.add(report);
    }

    @Override
    public void notice(String sentence) {
        throw new AssertionError(sentence);
    }
}
