package dev.loopgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Caddy, without certificates of its own; as it is built, it forwards no plain TCP. */
record Caddy(Path program) implements Peer {

    @Override
    public String name() {
        return "Caddy";
    }

    @Override
    public List<String> versionCommand() {
        return List.of(program.toString(), "version");
    }

    @Override
    public void configure(Site site) throws IOException {
        String names = site.hosts().stream()
                .map(host -> "http://" + host + ":" + site.httpPort())
                .collect(Collectors.joining(", "));
        String secure = site.tls()
                ? site.hosts().stream()
                                .map(host -> "https://" + host + ":" + site.tlsPort())
                                .collect(Collectors.joining(", "))
                        + " {\n  bind 127.0.0.1\n  tls %1$s %1$s\n  import origin\n}\n".formatted(site.certificate())
                : "";
        String text = """
                {
                  admin 127.0.0.1:%d
                  auto_https off
                }
                (origin) {
                  %s
                  reverse_proxy 127.0.0.1:%d {
                    transport http {
                      keepalive_idle_conns_per_host 512
                      compression off
                    }
                  }
                }
                %s {
                  bind 127.0.0.1
                  import origin
                }
                %s
                http://:%d {
                  bind 127.0.0.1
                  respond 404
                }
                """.formatted(
                        site.sparePort(),
                        site.logged() ? "log {\n    output file " + site.log() + "\n  }" : "",
                        site.originHttp(),
                        names,
                        secure,
                        site.httpPort());
        Files.writeString(file(site), text);
    }

    @Override
    public List<String> command(Site site) {
        return List.of(
                program.toString(),
                "run",
                "--adapter",
                "caddyfile",
                "--config",
                file(site).toString());
    }

    @Override
    public Map<String, String> environment(Site site) {
        String home = site.folder().toString();
        return Map.of("HOME", home, "XDG_DATA_HOME", home, "XDG_CONFIG_HOME", home, "GOMAXPROCS", "" + site.workers());
    }

    @Override
    public void reload(Site site, ProcessHandle process) throws IOException, InterruptedException {
        Programs.run(List.of(
                program.toString(),
                "reload",
                "--address",
                "127.0.0.1:" + site.sparePort(),
                "--adapter",
                "caddyfile",
                "--config",
                file(site).toString()));
    }

    @Override
    public boolean forwardsTcp() {
        return false;
    }

    @Override
    public boolean logsToFile() {
        return true;
    }

    private static Path file(Site site) {
        return site.folder().resolve("Caddyfile");
    }
}
