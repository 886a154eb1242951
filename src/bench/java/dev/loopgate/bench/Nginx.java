package dev.loopgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nginx, with kept upstream connections and nothing written to disk but the log where one is asked for. */
record Nginx(Path program) implements Peer {

    private static final Path STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public List<String> versionCommand() {
        return List.of(program.toString(), "-v");
    }

    @Override
    public void configure(Site site) throws IOException {
        String user = System.getProperty("user.name", "");
        String text = """
                %s%sdaemon off;
                worker_processes %d;
                pid %4$s/nginx.pid;
                error_log %4$s/error.log;
                events { worker_connections 16384; }
                http {
                  access_log %5$s;
                  client_body_temp_path %4$s/body;
                  proxy_temp_path %4$s/proxy;
                  fastcgi_temp_path %4$s/fastcgi;
                  uwsgi_temp_path %4$s/uwsgi;
                  scgi_temp_path %4$s/scgi;
                  server_names_hash_max_size 8192;
                  server_names_hash_bucket_size 128;
                  keepalive_requests 100000000;
                  keepalive_timeout 600s;
                  client_max_body_size 0;
                  tcp_nodelay on;
                  upstream origin {
                    server 127.0.0.1:%6$d;
                    keepalive 512;
                    keepalive_requests 100000000;
                  }
                  map $http_upgrade $for_upstream { default upgrade; '' ''; }
                  proxy_http_version 1.1;
                  proxy_request_buffering off;
                  proxy_max_temp_file_size 0;
                  proxy_set_header Host $http_host;
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection $for_upstream;
                  proxy_set_header X-Forwarded-For $remote_addr;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_set_header X-Forwarded-Host $http_host;
                  server { listen 127.0.0.1:%7$d default_server; return 404; }
                """.formatted(
                        user.equals("root") ? "user root root;\n" : "",
                        Files.exists(STREAM) ? "load_module " + STREAM + ";\n" : "",
                        site.workers(),
                        site.folder(),
                        site.logged() ? site.log() : "off",
                        site.originHttp(),
                        site.httpPort());
        StringBuilder all = new StringBuilder(text);
        for (String host : site.hosts()) {
            String secure = site.tls()
                    ? "listen 127.0.0.1:%1$d ssl http2; ssl_certificate %2$s; ssl_certificate_key %2$s; "
                            .formatted(site.tlsPort(), site.certificate())
                    : "";
            all.append("  server { listen 127.0.0.1:%d; %sserver_name %s; location / { proxy_pass http://origin; } }\n"
                    .formatted(site.httpPort(), secure, host));
        }
        all.append("}\n");
        if (forwardsTcp()) {
            all.append("stream {\n  server { listen 127.0.0.1:%d; tcp_nodelay on; proxy_pass 127.0.0.1:%d; }\n"
                    .formatted(site.tcpPort(), site.originTcp()));
            if (site.udp()) {
                // Without reuseport, its workers each begin a session for the same client.
                all.append("  server { listen 127.0.0.1:%d udp reuseport; proxy_pass 127.0.0.1:%d; }\n"
                        .formatted(site.tcpPort(), site.originUdp()));
            }
            all.append("}\n");
        }
        Files.writeString(file(site), all);
    }

    @Override
    public List<String> command(Site site) {
        return List.of(
                program.toString(),
                "-e",
                site.folder().resolve("error.log").toString(),
                "-c",
                file(site).toString());
    }

    @Override
    public void reload(Site site, ProcessHandle process) throws IOException, InterruptedException {
        Programs.run(List.of("kill", "-HUP", Long.toString(process.pid())));
    }

    @Override
    public boolean forwardsTcp() {
        return Files.exists(STREAM);
    }

    @Override
    public boolean forwardsUdp() {
        return forwardsTcp();
    }

    @Override
    public boolean logsToFile() {
        return true;
    }

    private static Path file(Site site) {
        return site.folder().resolve("nginx.conf");
    }
}
