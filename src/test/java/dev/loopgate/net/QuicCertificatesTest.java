package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Http3Client;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.Programs;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Handshakes of QUIC while certificates are slow to come. */
@ExtendWith(LeakCheck.class)
class QuicCertificatesTest {

    @RegisterExtension
    final BorrowedContexts borrowed = new BorrowedContexts();

    @TempDir
    Path folder;

    private final Vertx vertx = Transport.vertx(new VertxOptions());
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private TlsTermination tls;
    private X509Certificate root;
    private QuicListener listener;

    @BeforeEach
    void listen() throws Exception {
        QuicListening.lacking().ifPresent(Programs::missing);
        AuthorityFolder authority = AuthorityFolder.at(folder.resolve("ca"));
        InstantSource clock = InstantSource.system();
        tls = new TlsTermination(new LocalCertificates(Optional.of(authority), clock, sentence -> {}), clock);
        root = authority.certificateOrNew(Instant.now());
        listener = new QuicListening(new Transport(vertx), tls)
                .listen(new InetSocketAddress(Addresses.LOOPBACK4, 0), new QuicService() {
                    @Override
                    public Optional<TlsIdentity> identity(String name, InetSocketAddress local) {
                        asked.add(name);
                        return Optional.of(QuicCertificatesTest.identity(name));
                    }

                    @Override
                    public void accept(QuicChannel connection, InetSocketAddress local) {
                        connection.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                                // A handshake that is refused.
                            }
                        });
                    }
                })
                .await(20, TimeUnit.SECONDS);
    }

    /** Names with a number are below a wildcard. */
    private static TlsIdentity.Local identity(String name) {
        return new TlsIdentity.Local(name, Set.of("example.com"), !name.matches(".*[0-9].*"));
    }

    @AfterEach
    void close() throws Exception {
        if (listener != null) {
            listener.close().await(20, TimeUnit.SECONDS);
        }
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    private void connect(String name) throws Exception {
        Http3Client.connect(listener.address().getPort(), name, root).close();
    }

    private Future<TlsContext> certificate(String name) {
        return borrowed.ask(tls.contexts(), identity(name));
    }

    /** As another process keeps it that makes an authority, and takes its time. */
    private FileChannel lockedAuthority() throws Exception {
        FileChannel lock = FileChannel.open(
                folder.resolve("ca").resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        assertThat(lock.lock().isValid()).isTrue();
        return lock;
    }

    @Test
    void a_name_that_takes_long_holds_no_other_up() throws Exception {
        connect("a.localhost");
        CompletableFuture<Boolean> slow;
        try (FileChannel lock = lockedAuthority()) {
            assertThat(lock.isOpen()).isTrue();
            slow = CompletableFuture.supplyAsync(() -> {
                try {
                    connect("slow.example.com");
                    return true;
                } catch (Exception untrusted) {
                    return false;
                }
            });
            Eventually.until("it is asked for", () -> asked.contains("slow.example.com"));
            Future<TlsContext> certificate = certificate("slow.example.com");
            connect("a.localhost");
            assertThat(certificate.isDone()).isFalse();
        }
        // A new authority, which this client has never heard of.
        assertThat(slow.get(30, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void one_name_too_many_is_refused_and_others_are_served() throws Exception {
        connect("a.localhost");
        Future<TlsContext> slow;
        try (FileChannel lock = lockedAuthority()) {
            assertThat(lock.isOpen()).isTrue();
            slow = certificate("slow.example.com");
            for (int i = 0; i < 100; i++) {
                certificate("n" + i + ".localhost");
            }
            assertThatThrownBy(() -> connect("n100.localhost")).isNotInstanceOf(java.net.SocketTimeoutException.class);
            connect("a.localhost");
        }
        assertThat(slow.await(30, TimeUnit.SECONDS)).isTrue();
    }
}
