package dev.loopgate.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.model.Target.Security;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.HostPort;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.model.UpstreamAddress.UnixSocket;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.ScriptedBackend;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.TlsPeer;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What answers, and whether it is what was asked for: TLS, certificates, upstreams, names that dev servers refuse. */
class ServiceChecksTest {

    @TempDir
    Path folder;

    @Test
    void tells_a_certificate_that_has_expired_or_is_for_another_name_or_is_to_come() {
        try (TlsPeer expired = tls("-10d", "dns:localhost");
                TlsPeer other = tls("-1d", "dns:other.test");
                TlsPeer early = tls("+2d", "dns:localhost");
                TlsPeer own = tls("-1d", "dns:localhost")) {
            assertThat(service(expired.port(), "https")).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.FAIL);
                assertThat(finding.evidence()).contains("its certificate expired on ");
                assertThat(finding.fix()).get().asString().contains("openssl s_client -connect 127.0.0.1:");
            });
            assertThat(service(other.port(), "https").evidence()).contains("not for localhost but for other.test");
            assertThat(service(early.port(), "https")).satisfies(finding -> {
                assertThat(finding.evidence()).contains("is the clock right?");
                assertThat(finding.fix()).contains("sudo timedatectl set-ntp true");
            });
            // It may be known to browsers, as those of mkcert are.
            assertThat(service(own.port(), "https")).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.WARN);
                assertThat(finding.evidence()).contains("signed by itself");
            });
            assertThat(service(own.port(), "http")).satisfies(finding -> {
                assertThat(finding.evidence()).contains("speaks TLS, and the URL is one of plain HTTP");
                assertThat(finding.fix()).contains("https://localhost:" + own.port() + "/");
            });
            assertThat(target(own.port(), "app.localhost:62893")).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.FAIL);
                assertThat(finding.evidence()).contains("speaks TLS, and its target is plain HTTP");
            });
        }
    }

    /** With a certificate that is valid for five days. */
    private TlsPeer tls(String start, String name) {
        Path keys = TlsPeer.keys(folder, name, "-startdate", start, "-validity", "5");
        return new TlsPeer(keys, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    @Test
    void tells_a_plain_server_behind_a_url_of_https() {
        try (ScriptedBackend backend = ScriptedBackend.start("plain")) {
            // It waits for the end of a line.
            assertThat(service(backend.port(), "https", Duration.ofSeconds(2))).satisfies(finding -> {
                assertThat(finding.evidence()).contains("speaks plain HTTP, and the URL asks for TLS");
                assertThat(finding.fix()).contains("http://localhost:" + backend.port() + "/");
            });
            assertThat(service(backend.port(), "http").status()).isEqualTo(Status.OK);
        }
    }

    private static Finding service(int port, String scheme) {
        return service(port, scheme, Facts.LIMIT);
    }

    private static Finding service(int port, String scheme, Duration limit) {
        List<Finding> findings = new ServiceCheck(
                        "localhost",
                        () -> List.of(Addresses.LOOPBACK4),
                        port,
                        true,
                        Optional.of(scheme),
                        Facts.connecting(limit))
                .look();
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    private static Finding target(int port, String host) {
        return target(new LoopbackPort(port), host);
    }

    private static Finding target(UpstreamAddress address, String host) {
        return target(address, host, Security.PLAIN, Facts.LIMIT);
    }

    private static Finding target(UpstreamAddress address, String host, Security security, Duration limit) {
        List<Finding> findings = new TargetCheck(
                        "app", "app.test", address, host, security, "/", Status.WARN, Facts.connecting(limit))
                .look();
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    private static Finding secured(int port, Security security) {
        return target(new LoopbackPort(port), "", security, Duration.ofSeconds(2));
    }

    @Test
    void tells_an_upstream_with_which_the_gateway_will_not_agree_on_tls() {
        try (TlsPeer own = tls("-1d", "dns:localhost");
                ScriptedBackend plain = ScriptedBackend.start("plain");
                TcpPeer mute = TcpPeer.start(Wire::awaitEnd)) {
            assertThat(secured(own.port(), Security.VERIFIED)).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.FAIL);
                assertThat(finding.evidence()).contains("app: 127.0.0.1:" + own.port() + " speaks TLSv1.3, but its");
                assertThat(finding.fix()).contains("verify: false");
            });
            assertThat(secured(own.port(), Security.UNVERIFIED)).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.OK);
                assertThat(finding.evidence()).contains("speaks TLSv1.3, though its certificate is signed by itself");
            });
            assertThat(secured(plain.port(), Security.VERIFIED)).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.FAIL);
                assertThat(finding.evidence()).contains("speaks no TLS, and its target asks for it");
                assertThat(finding.fix()).contains("app.test: http://localhost:" + plain.port());
            });
            assertThat(secured(mute.port(), Security.VERIFIED)).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.FAIL);
                assertThat(finding.evidence()).contains("takes connections, but does not answer to TLS");
            });
        }
    }

    @Test
    void tells_an_upstream_that_is_down_or_no_http_server() throws IOException {
        try (ClosedPort closed = new ClosedPort();
                TcpPeer ssh = TcpPeer.start(wire -> {
                    wire.send("SSH-2.0-OpenSSH_9.6\r\n");
                    wire.awaitEnd();
                });
                ScriptedBackend silent = ScriptedBackend.start("silent")) {
            assertThat(target(closed.port(), "app.localhost")).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.WARN);
                assertThat(finding.evidence())
                        .isEqualTo("app: 127.0.0.1:" + closed.port() + " refuses connections: nobody listens there");
            });
            assertThat(target(ssh.port(), "app.localhost")).satisfies(finding -> {
                assertThat(finding.evidence()).contains("is no HTTP server: it says \"SSH-2.0-OpenSSH_9.6\"");
                assertThat(finding.fix()).get().asString().startsWith("forwards: {");
            });
            silent.always(PeerAction.stall());
            TargetCheck check = new TargetCheck(
                    "app",
                    "app",
                    new LoopbackPort(silent.port()),
                    "app.localhost",
                    Security.PLAIN,
                    "/",
                    Status.WARN,
                    Facts.connecting(Facts.SHORT));
            assertThat(check.look())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.evidence()).contains("has no answer to a request"));
            assertThat(target(new HostPort("no-such-name.invalid", 80), "x").evidence())
                    .contains("no-such-name.invalid of its target cannot be resolved");
        }
        Path socket = folder.resolve("app.sock");
        assertThat(target(new UnixSocket(socket.toString()), "x").evidence()).contains("there is no socket " + socket);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertThat(target(new UnixSocket(socket.toString()), "x").status()).isEqualTo(Status.OK);
        }
        assertThat(target(new UnixSocket(socket.toString()), "x").evidence()).contains("refused");
    }

    @Test
    void knows_the_dev_servers_that_refuse_a_name_and_the_setting_that_allows_it() {
        // As they answer, byte for byte where it matters: Vite 6, webpack-dev-server 5, Django 5, Rails 7.
        refused(
                "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n",
                "Blocked request. This host (\"app.test\") is not allowed.\nTo allow this host, add \"app.test\" to"
                        + " `server.allowedHosts` in vite.config.js.",
                "Vite",
                "server: { allowedHosts: ['app.test'] },");
        refused(
                "HTTP/1.1 403 Forbidden\r\nX-Powered-By: Express\r\n",
                "Invalid Host header",
                "webpack-dev-server",
                "devServer: { allowedHosts: ['app.test'] },");
        refused(
                "HTTP/1.1 400 Bad Request\r\nServer: WSGIServer/0.2 CPython/3.12.3\r\nContent-Type: text/html\r\n",
                "<title>DisallowedHost\n at /</title> Invalid HTTP_HOST header: &#x27;app.test:80&#x27;. You may need to"
                        + " add &#x27;app.test&#x27; to ALLOWED_HOSTS.",
                "Django",
                "ALLOWED_HOSTS = ['app.test']");
        refused(
                "HTTP/1.1 400 Bad Request\r\nServer: WSGIServer/0.2 CPython/3.12.3\r\nContent-Type: text/html\r\n",
                """

                        <!doctype html>
                        <html lang="en">
                        <head>
                          <title>Bad Request (400)</title>
                        </head>
                        <body>
                          <h1>Bad Request (400)</h1><p></p>
                        </body>
                        </html>
                        """,
                "Django",
                "ALLOWED_HOSTS = ['app.test']");
        refused(
                "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html; charset=UTF-8\r\n",
                "<h1>Blocked hosts: app.test:3000</h1><pre>config.hosts &lt;&lt; &quot;app.test:3000&quot;</pre>",
                "Rails",
                "config.hosts << \"app.test\"");
    }

    private static void refused(String head, String body, String server, String setting) {
        try (ScriptedBackend backend = ScriptedBackend.start("dev")) {
            backend.always(PeerAction.replyThenClose(head + "Content-Length: " + body.length() + "\r\n\r\n" + body));
            assertThat(target(backend.port(), "app.test:62893")).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.FAIL);
                assertThat(finding.evidence()).contains(server + " on 127.0.0.1", "refuses the name app.test");
                assertThat(finding.fix()).contains(setting);
            });
            assertThat(backend.request().all("Host")).containsExactly("app.test:62893");
        }
    }

    @Test
    void next_serves_pages_to_every_name_and_scripts_to_few() {
        try (ScriptedBackend backend = ScriptedBackend.start("next")) {
            backend.always(
                    PeerAction.replyThenClose("HTTP/1.1 403 Forbidden\r\nContent-Length: 12\r\n\r\nUnauthorized"));
            backend.next(PeerAction.ok("<html>", "X-Powered-By: Next.js", "Connection: close"));
            assertThat(target(backend.port(), "app.test:62893").fix()).contains("allowedDevOrigins: ['app.test'],");
            assertThat(backend.request().all("Origin")).containsExactly("http://app.test:62893");
        }
    }

    @Test
    void a_server_that_answers_localhost_only_wants_the_host_rewritten() {
        try (ScriptedBackend backend = ScriptedBackend.start("strict")) {
            backend.always(PeerAction.script((connection, request) -> {
                boolean local = request.all("Host").get(0).startsWith("localhost");
                connection.send(
                        local
                                ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                : "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n");
                return false;
            }));
            assertThat(target(backend.port(), "app.test:62893")).satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.WARN);
                assertThat(finding.evidence()).contains("answers 421 to the name app.test, and 200 to localhost");
                assertThat(finding.fix()).contains("host: rewrite");
            });
        }
    }
}
