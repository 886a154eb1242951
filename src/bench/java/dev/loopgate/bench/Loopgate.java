package dev.loopgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** This project's own jar, through its launcher. */
record Loopgate(Path checkout) implements Peer {

    @Override
    public String name() {
        return "Loopgate";
    }

    @Override
    public Path program() {
        return checkout.resolve("loopgate");
    }

    @Override
    public boolean compilesItself() {
        return true;
    }

    @Override
    public List<String> versionCommand() {
        // Java's version is on a line of its own.
        return List.of(
                "sh",
                "-c",
                "\"$0\" version | cut -d, -f1 | paste -sd' '",
                program().toString());
    }

    @Override
    public void configure(Site site) throws IOException {
        String hosts = site.hosts().stream()
                .map(host -> "  " + host + ": http://127.0.0.1:" + site.originHttp() + "\n")
                .collect(Collectors.joining());
        String text = "listen: [127.0.0.1:" + site.httpPort() + (site.tls() ? ", 127.0.0.1:" + site.tlsPort() : "")
                + "]\n"
                + (site.tls() ? "tls: {cert: " + site.certificate() + ", key: " + site.certificate() + "}\n" : "")
                + "hosts:\n" + hosts + "forwards:\n  \"127.0.0.1:"
                + site.tcpPort() + "\": 127.0.0.1:" + site.originTcp() + "\n"
                + (site.udp() ? "  \"127.0.0.1:" + site.tcpPort() + "/udp\": 127.0.0.1:" + site.originUdp() + "\n" : "")
                + (site.logged() ? "access-log: {format: short, file: " + site.log() + "}\n" : "access-log: off\n");
        Path written = Files.writeString(site.folder().resolve("new.yaml"), text);
        Files.move(written, file(site), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public List<String> command(Site site) {
        return List.of(program().toString(), "run", "--config", file(site).toString());
    }

    @Override
    public Map<String, String> environment(Site site) {
        String home = site.folder().toString();
        return Map.of("HOME", home, "XDG_RUNTIME_DIR", home, "XDG_CONFIG_HOME", home, "XDG_STATE_HOME", home);
    }

    /** It follows its file. */
    @Override
    public void reload(Site site, ProcessHandle process) {}

    /** The launcher has Java learn a start; whoever ends it meanwhile has it learn again the next time. */
    @Override
    public void awaitSettled() throws InterruptedException, IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (learning() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private boolean learning() throws IOException {
        Path folder = checkout.resolve("target").resolve("start");
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".lock"));
        }
    }

    @Override
    public boolean forwardsTcp() {
        return true;
    }

    @Override
    public boolean forwardsUdp() {
        return true;
    }

    @Override
    public boolean logsToFile() {
        return true;
    }

    private static Path file(Site site) {
        return site.folder().resolve("loopgate.yaml");
    }
}
