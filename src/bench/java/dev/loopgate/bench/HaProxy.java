package dev.loopgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * HAProxy.
 *
 * @param splice whether forwards may move bytes through a pipe in the kernel
 */
record HaProxy(Path program, boolean splice) implements Peer {

    @Override
    public String name() {
        return splice ? "HAProxy, splice" : "HAProxy";
    }

    @Override
    public List<String> versionCommand() {
        return List.of(program.toString(), "-v");
    }

    @Override
    public void configure(Site site) throws IOException {
        Files.writeString(
                site.folder().resolve("hosts.map"),
                site.hosts().stream().map(host -> host + " origin\n").collect(Collectors.joining()));
        String text = """
                global
                  nbthread %1$d
                  maxconn 6500
                defaults
                  timeout connect 5s
                  timeout client 600s
                  timeout server 600s
                  timeout tunnel 600s
                frontend http
                  mode http
                  option http-keep-alive
                  option forwardfor
                  bind 127.0.0.1:%2$d
                  %8$s
                  http-request set-header X-Forwarded-Proto %%[ssl_fc,iif(https,http)]
                  http-request set-header X-Forwarded-Host %%[req.hdr(host)]
                  use_backend %%[req.hdr(host),field(1,:),lower,map(%7$s/hosts.map,unknown)]
                backend origin
                  mode http
                  option http-keep-alive
                  http-reuse always
                  server origin 127.0.0.1:%3$d
                backend unknown
                  mode http
                  http-request return status 404
                listen tcp
                  mode tcp
                  bind 127.0.0.1:%4$d
                  %5$s
                  server origin 127.0.0.1:%6$d
                """.formatted(
                site.workers(),
                site.httpPort(),
                site.originHttp(),
                site.tcpPort(),
                splice ? "option splice-auto" : "# no splice",
                site.originTcp(),
                site.folder(),
                site.tls()
                        ? "bind 127.0.0.1:%d ssl crt %s alpn h2,http/1.1".formatted(site.tlsPort(), site.certificate())
                        : "# no TLS");
        Files.writeString(file(site), text);
    }

    @Override
    public List<String> command(Site site) {
        return List.of(program.toString(), "-W", "-db", "-f", file(site).toString());
    }

    @Override
    public void reload(Site site, ProcessHandle process) throws IOException, InterruptedException {
        Programs.run(List.of("kill", "-USR2", Long.toString(process.pid())));
    }

    @Override
    public boolean forwardsTcp() {
        return true;
    }

    /** To a log daemon only. */
    @Override
    public boolean logsToFile() {
        return false;
    }

    @Override
    public boolean bulkOnly() {
        return splice;
    }

    private static Path file(Site site) {
        return site.folder().resolve("haproxy.cfg");
    }
}
