package dev.loopgate.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A headless browser of its own profile, without a network but this machine's. */
public final class Chromium implements AutoCloseable {

    private final RunningProcess process;

    private Chromium(RunningProcess process) {
        this.process = process;
    }

    /**
     * Opens a page; what it does is told by the server it speaks to. Skips the test where there is no Chromium.
     *
     * @param profile an empty folder
     */
    public static Chromium open(Path profile, String url) {
        Path program = Programs.find("chromium")
                .or(() -> Programs.find("chromium-browser"))
                .or(() -> Programs.find("google-chrome"))
                .orElseGet(() -> Programs.require("chromium"));
        return new Chromium(RunningProcess.start(
                profile,
                Map.of(),
                List.of(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        url)));
    }

    /** What it said, for the message of a failed test. */
    public String errors() {
        return process.stderr();
    }

    /** Ends it with all its helper processes, so that nobody writes to the profile any more. */
    @Override
    public void close() {
        List<ProcessHandle> helpers = ProcessHandle.of(process.pid())
                .map(browser -> browser.descendants().toList())
                .orElse(List.of());
        process.close();
        helpers.forEach(ProcessHandle::destroyForcibly);
        Eventually.until("the browser's helpers end", () -> helpers.stream().noneMatch(ProcessHandle::isAlive));
    }
}
