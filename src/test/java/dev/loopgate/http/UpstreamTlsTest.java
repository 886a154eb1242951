package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Credential;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.TlsPeer;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Upstreams that are spoken to over TLS: they prove who they are, or are not asked anything. */
class UpstreamTlsTest {

    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret";

    private static final Tls TRUSTED = Tls.inNewFolder();
    private static final Tls STRANGER = Tls.inNewFolder();

    @TempDir
    Path folder;

    private RunningGateway gateway;

    @BeforeEach
    void start() {
        gateway = RunningGateway.start(Sites.of(), TRUSTED.termination());
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private TlsPeer peer(Tls authority, String name) throws Exception {
        Credential credential = new LocalCertificates(
                        Optional.of(authority.folder()), InstantSource.system(), sentence -> {})
                .certificate(new TlsIdentity.Local(name, ""));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = "password".toCharArray();
        store.setKeyEntry("own", credential.key(), password, credential.chain().toArray(Certificate[]::new));
        Path file = folder.resolve(name + ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password);
        }
        return new TlsPeer(file, ANSWER);
    }

    private RawResponse ask(int port, boolean verify) {
        return ask(Sites.options().verify(verify).build(), port);
    }

    private RawResponse ask(RouteOptions options, int... ports) {
        Target target = new Target.Proxy(
                Arrays.stream(ports)
                        .mapToObj(port ->
                                new Target.Upstream(new UpstreamAddress.LoopbackPort(port), "", Target.Scheme.HTTPS))
                        .toList(),
                new Target.PathRewrite.Keep());
        gateway.install(Sites.of(
                new VirtualHost(Sites.pattern("a.localhost"), List.of(new Route(PathPrefix.ROOT, target, options)))));
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get("a.localhost", "/").response();
        }
    }

    @Test
    void serve_who_has_proved_who_it_is() throws Exception {
        TRUSTED.trusting();
        try (TlsPeer peer = peer(TRUSTED, "localhost")) {
            RawResponse response = ask(peer.port(), true);
            assertThat(response.status()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("secret");
        }
    }

    @Test
    void refuse_who_is_not_trusted() throws Exception {
        try (TlsPeer peer = peer(STRANGER, "localhost")) {
            RawResponse response = ask(peer.port(), true);
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.error()).isEqualTo("upstream-tls");
            assertThat(response.body())
                    .contains("nobody whom this machine trusts has signed its certificate", "verify: false");
        }
    }

    @Test
    void refuse_who_is_somebody_else() throws Exception {
        TRUSTED.trusting();
        try (TlsPeer peer = peer(TRUSTED, "other.localhost")) {
            RawResponse response = ask(peer.port(), true);
            assertThat(response.error()).isEqualTo("upstream-tls");
            assertThat(response.body()).contains("verify: false");
        }
    }

    @Test
    void take_anybody_where_the_route_says_so() throws Exception {
        try (TlsPeer peer = peer(STRANGER, "localhost")) {
            assertThat(ask(peer.port(), false).body()).isEqualTo("secret");
            assertThat(ask(peer.port(), true).status()).isEqualTo(502);
        }
    }

    @Test
    void tell_that_the_other_side_speaks_no_tls() {
        try (TcpPeer plain = TcpPeer.start(wire -> wire.send("HTTP/1.1 400 Bad Request\r\n\r\n"))) {
            RawResponse response = ask(plain.port(), false);
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.error()).isEqualTo("upstream-tls");
            assertThat(response.body())
                    .contains("does not speak TLS", "If it speaks plain HTTP, the target is http://")
                    .doesNotContain("verify");
        }
    }

    @Test
    void are_tried_in_turn_where_one_proves_nothing() throws Exception {
        TRUSTED.trusting();
        try (TlsPeer stranger = peer(STRANGER, "localhost");
                TlsPeer trusted = peer(TRUSTED, "localhost")) {
            RouteOptions options = Sites.options().verify(true).build();
            // Whichever of them is the first.
            assertThat(ask(options, stranger.port(), trusted.port()).body()).isEqualTo("secret");
            assertThat(ask(options, trusted.port(), stranger.port()).body()).isEqualTo("secret");
            assertThat(ask(options, stranger.port(), stranger.port()).error()).isEqualTo("upstream-tls");
        }
    }

    @Test
    void have_only_the_time_that_connecting_has() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            RawResponse response = ask(Sites.options().connectMillis(300).build(), silent.getLocalPort());
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.error()).isEqualTo("connect-timeout");
        }
    }

    @Test
    void may_have_weak_certificates_where_nobody_asks() {
        try (TlsPeer weak =
                new TlsPeer(TlsPeer.keys(folder, "dns:localhost", "-keyalg", "RSA", "-sigalg", "MD5withRSA"), ANSWER)) {
            assertThat(ask(weak.port(), false).body()).isEqualTo("secret");
        }
    }
}
