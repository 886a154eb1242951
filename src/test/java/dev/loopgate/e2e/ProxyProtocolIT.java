package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** nginx and HAProxy in front of forwards and of the gateway, and behind them, telling each other who the client is. */
class ProxyProtocolIT {

    /** Where the client comes from, so that it is told from every proxy. */
    private static final String CLIENT = "127.0.0.5";

    @TempDir
    Path folder;

    private final int nginxReads = Rig.freePort();
    private final int nginxPlain = Rig.freePort();
    private final int nginxSends = Rig.freePort();
    private final int nginxSendsHttp = Rig.freePort();
    private final int haproxyReads = Rig.freePort();
    private final int haproxySends = Rig.freePort();
    private final int haproxySendsHttp = Rig.freePort();
    private final int gatewayPort = Rig.freePort();
    private final int toNginx = Rig.freePort();
    private final int toHaproxy = Rig.freePort();
    private final int through = Rig.freePort();

    /** Debian's nginx loads it, others have it built in. */
    private static String streamModule() {
        Path module = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
        return Files.exists(module) ? "load_module " + module + ";\n" : "";
    }

    private void start(Rig rig) {
        Path nginx = Programs.require("nginx");
        Path haproxy = Programs.require("haproxy");
        String modules = streamModule();
        Path nginxFile = rig.file(
                "nginx.conf",
                modules + """
                daemon off;
                pid nginx.pid;
                error_log stderr;
                events {}
                http {
                  access_log off;
                  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
                  server {
                    listen 127.0.0.1:%d proxy_protocol;
                    location / { default_type text/plain; return 200 "nginx was told $proxy_protocol_addr\\n"; }
                  }
                  server {
                    listen 127.0.0.1:%d;
                    location / { default_type text/plain; return 200 "nginx was told $http_x_forwarded_for\\n"; }
                  }
                }
                stream {
                  server { listen 127.0.0.1:%d; proxy_pass 127.0.0.1:%d; proxy_protocol on; }
                  server { listen 127.0.0.1:%d; proxy_pass 127.0.0.1:%d; proxy_protocol on; }
                }
                """.formatted(nginxReads, nginxPlain, nginxSends, through, nginxSendsHttp, gatewayPort));
        Path haproxyFile = rig.file(
                "haproxy.cfg", """
                defaults
                  timeout connect 5s
                  timeout client 30s
                  timeout server 30s
                frontend reads
                  mode http
                  bind 127.0.0.1:%d accept-proxy
                  http-request return status 200 content-type text/plain lf-string "HAProxy was told %%ci"
                listen sends
                  mode tcp
                  bind 127.0.0.1:%d
                  server next 127.0.0.1:%d send-proxy-v2
                listen sends-http
                  mode tcp
                  bind 127.0.0.1:%d
                  server next 127.0.0.1:%d send-proxy
                """.formatted(haproxyReads, haproxySends, through, haproxySendsHttp, gatewayPort));
        rig.file("loopgate.yaml", """
                listen: 127.0.0.1:%d
                access-log: off
                trusted-proxies: 127.0.0.1
                accept-proxy-protocol: true
                hosts: {app.localhost: %d}
                forwards:
                  "127.0.0.1:%d": {to: %d, proxy-protocol: v2}
                  "127.0.0.1:%d": {to: %d, proxy-protocol: v1}
                  "127.0.0.1:%d": {to: %d, accept-proxy-protocol: 127.0.0.1, proxy-protocol: v1}
                """.formatted(
                        gatewayPort, nginxPlain, toNginx, nginxReads, toHaproxy, haproxyReads, through, nginxReads));
        rig.server(nginxReads, folder, Map.of(), nginx.toString(), "-p", folder.toString(), "-c", nginxFile.toString());
        rig.server(haproxyReads, folder, Map.of(), haproxy.toString(), "-db", "-f", haproxyFile.toString());
        RunningProcess gateway = rig.with(RunningProcess.start(
                folder,
                PackagedGateway.environment(rig.folder("home")),
                List.of(
                        PackagedGateway.checkout().resolve("loopgate").toString(),
                        "run",
                        "--config",
                        "loopgate.yaml")));
        for (int port : List.of(gatewayPort, toNginx, toHaproxy, through)) {
            Rig.awaitPort(port, gateway);
        }
    }

    private static String ask(Rig rig, int port, String host) {
        return rig.run(
                        "curl",
                        "-sS",
                        "--max-time",
                        "20",
                        "--interface",
                        CLIENT,
                        "-H",
                        "Host: " + host,
                        "http://127.0.0.1:" + port)
                .strip();
    }

    @Test
    void each_learns_who_the_client_is_from_the_one_in_front() {
        Programs.require("curl");
        try (Rig rig = new Rig(folder)) {
            start(rig);
            assertThat(ask(rig, toNginx, "x")).isEqualTo("nginx was told " + CLIENT);
            assertThat(ask(rig, toHaproxy, "x")).isEqualTo("HAProxy was told " + CLIENT);
            assertThat(ask(rig, nginxSends, "x")).isEqualTo("nginx was told " + CLIENT);
            assertThat(ask(rig, haproxySends, "x")).isEqualTo("nginx was told " + CLIENT);
            assertThat(ask(rig, nginxSendsHttp, "app.localhost")).isEqualTo("nginx was told " + CLIENT);
            assertThat(ask(rig, haproxySendsHttp, "app.localhost")).isEqualTo("nginx was told " + CLIENT);
            // Nobody's proxy, so it speaks for itself.
            assertThat(ask(rig, gatewayPort, "app.localhost")).isEqualTo("nginx was told " + CLIENT);
        }
    }
}
