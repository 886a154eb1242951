package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Browser;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dev server that tells the browser of changes over a WebSocket. */
class ViteIT {

    @TempDir
    Path folder;

    @Test
    void a_page_takes_an_edited_module_without_being_loaded_again() throws IOException {
        String npm = Programs.require("npm").toString();
        String node = Programs.require("node").toString();
        try (Rig rig = new Rig(folder);
                Browser browser = Browser.open(rig.folder("profile"))) {
            Path app = rig.copy("src/test/projects/vite-app", "app");
            Outcome install = Rig.attempt(
                    app, Map.of(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
            if (install.status() != 0) {
                Programs.missing("npm cannot install Vite: " + install.stderr());
            }
            int port = Rig.freePort();
            rig.server(
                    port,
                    app,
                    Map.of("NO_COLOR", "1"),
                    node,
                    "node_modules/vite/bin/vite.js",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(port),
                    "--strictPort");
            PackagedGateway gateway = rig.gateway("hosts: {app.localhost: " + port + ", app.test: " + port + "}\n");

            browser.show("http://app.localhost:" + gateway.port() + "/");
            String greeting = "document.getElementById('greeting')?.textContent";
            browser.await(greeting, "first greeting");
            browser.evaluate("window.marker = 'kept'");
            // The page is connected once Vite has greeted it; an edit before that would not reach it.
            Eventually.until(
                    "a first message over the WebSocket",
                    Rig.LIMIT,
                    () -> !browser.events("Network.webSocketFrameReceived").isEmpty());
            Path module = app.resolve("src/greeting.js");
            Files.writeString(module, Files.readString(module).replace("first greeting", "second greeting"));
            browser.await(greeting, "second greeting");
            assertThat(browser.evaluate("window.marker")).isEqualTo("kept");
            // Where its WebSocket fails, Vite's client goes to the dev server directly; it must not have needed to.
            assertThat(browser.events("Network.webSocketCreated"))
                    .isNotEmpty()
                    .allMatch(event -> event.getString("url").startsWith("ws://app.localhost:" + gateway.port() + "/"));

            // It serves names below localhost to everybody, and others only to whom its configuration allows them.
            assertThat(gateway.command("doctor", "--timeout", "15s", "http://app.test/")
                            .stdout())
                    .contains(
                            "Vite on 127.0.0.1:" + port + " refuses the name app.test",
                            "fix: server: { allowedHosts: ['app.test'] },");
        }
    }
}
