package dev.loopgate.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.machine.LoginService.Job;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class LoginServiceTest {

    @TempDir
    Path folder;

    private Job job;
    private Path launcher;

    /** With everything in the paths that one of the three formats could take for something else. */
    @BeforeEach
    void odd() throws IOException {
        Path odd = Files.createDirectories(folder.resolve("a b%n$HOME&<'\\\">"));
        launcher = Files.writeString(odd.resolve("loopgate"), "#!/bin/sh\nexit 3\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        job = new Job(List.of(launcher.toString()), odd.resolve("loopgate.yaml"), "/opt/jdk 17");
    }

    @Test
    void systemd_finds_nothing_wrong_with_the_unit() throws IOException {
        Programs.require("systemd-analyze");
        LoginService unit = SystemdUnit.of(job, folder);
        assertThat(unit.file()).isEqualTo(folder.resolve("systemd/user/loopgate.service"));
        Path file = Files.writeString(folder.resolve("loopgate.service"), unit.text());
        try (RunningProcess verify = run("systemd-analyze", "verify", "--user", "--man=no", file.toString())) {
            assertThat(verify.awaitExit(Duration.ofMinutes(1)))
                    .as(verify.stderr())
                    .isZero();
            assertThat(verify.stderr()).doesNotContain("loopgate.service");
        }
        assertThat(unit.text()).contains("%%n$$HOME", "RestartPreventExitStatus=2 3 4", "\"JAVA_HOME=/opt/jdk 17\"");
    }

    @Test
    void a_text_tells_which_configuration_it_is_for() {
        for (LoginService service : List.of(
                SystemdUnit.of(job, folder),
                LaunchAgent.of(job, folder, "501"),
                WindowsTask.of(job, folder, "PC\\me"))) {
            assertThat(LoginService.wrote(service.text())).as(service.manager()).contains(job.config());
            assertThat(service.text()).doesNotContain("%s");
        }
        assertThat(LoginService.wrote("[Service]\nExecStart=/bin/mine\n")).isEmpty();
    }

    @Test
    void launchd_gets_a_property_list_with_the_words_as_they_are() throws IOException {
        Programs.require("python3");
        Path file = Files.writeString(
                folder.resolve("agent.plist"),
                LaunchAgent.of(job, folder, "501").text());
        String script = "import plistlib,json,sys; print(json.dumps(plistlib.load(open(sys.argv[1],'rb'))))";
        try (RunningProcess python = run("python3", "-c", script, file.toString())) {
            assertThat(python.awaitExit(Duration.ofMinutes(1)))
                    .as(python.stderr())
                    .isZero();
            JsonObject agent = new JsonObject(python.stdout());
            JsonArray words = agent.getJsonArray("ProgramArguments");
            assertThat(words.stream().skip(4).map(String.class::cast).toList())
                    .isEqualTo(List.of(
                            launcher.toString(), "run", "--config", job.config().toString()));
            assertThat(agent.getBoolean("RunAtLoad")).isTrue();
            assertThat(agent.getJsonObject("KeepAlive").getBoolean("SuccessfulExit"))
                    .isFalse();
            // What does not get better by itself ends for launchd as if in order.
            assertThat(status(words)).isZero();
            Files.writeString(launcher, "#!/bin/sh\nexit 1\n");
            assertThat(status(words)).isEqualTo(1);
        }
    }

    private int status(JsonArray words) {
        List<String> command = words.stream().map(String.class::cast).toList();
        try (RunningProcess agent = RunningProcess.start(folder, Map.of(), command)) {
            return agent.awaitExit(Duration.ofMinutes(1));
        }
    }

    @Test
    void launchds_signal_reaches_the_gateway_which_ends_in_order() throws IOException {
        Path ready = folder.resolve("ready");
        Files.writeString(
                launcher,
                "#!/bin/sh\ntrap 'sleep 0.2; echo drained; exit 0' TERM\n: >'" + ready
                        + "'\nwhile :; do sleep 0.05; done\n");
        String text = LaunchAgent.of(job, folder, "501").text();
        String keeper =
                Xml.plain(text.split("<string>-c</string>\\s*<string>", -1)[1].split("</string>", -1)[0]);
        try (RunningProcess agent = run("/bin/sh", "-c", keeper, "loopgate", launcher.toString())) {
            Eventually.until("it runs", Duration.ofSeconds(30), () -> Files.exists(ready));
            agent.terminate();
            assertThat(agent.awaitExit(Duration.ofMinutes(1))).isZero();
            assertThat(agent.stdout()).isEqualTo("drained\n");
        }
    }

    @Test
    void windows_gets_a_task_with_the_words_as_they_are() throws Exception {
        String text = WindowsTask.of(job, folder, "PC\\me & you").text();
        Document task = parse(text);
        assertThat(only(task, "Command")).isEqualTo(launcher.toString());
        assertThat(only(task, "Arguments")).isEqualTo("run --config \"" + job.config() + "\"");
        assertThat(task.getElementsByTagName("UserId").item(0).getTextContent()).isEqualTo("PC\\me & you");
        assertThat(only(task, "ExecutionTimeLimit")).isEqualTo("PT0S");
    }

    private static Document parse(String text) throws ParserConfigurationException, SAXException, IOException {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }

    private static String only(Document document, String element) {
        assertThat(document.getElementsByTagName(element).getLength()).isEqualTo(1);
        return document.getElementsByTagName(element).item(0).getTextContent();
    }

    private RunningProcess run(String... command) {
        return RunningProcess.start(
                folder, Map.of("HOME", folder.toString(), "XDG_RUNTIME_DIR", folder.toString()), List.of(command));
    }
}
