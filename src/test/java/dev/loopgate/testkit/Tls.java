package dev.loopgate.testkit;

import dev.loopgate.net.Addresses;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.LocalCertificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Both sides of TLS: what makes a gateway's connections secure, and clients that trust its authority and nobody else. */
public final class Tls {

    private static final InstantSource CLOCK = InstantSource.system();

    private final AuthorityFolder folder;

    private Tls(AuthorityFolder folder) {
        this.folder = folder;
    }

    /** For tests that have nothing to do with it: there is no certificate for anybody. */
    public static TlsTermination withoutAuthority() {
        return new TlsTermination(new LocalCertificates(Optional.empty(), CLOCK, sentence -> {}), CLOCK);
    }

    /** With an authority in a new folder. */
    public static Tls inNewFolder() {
        try {
            Path folder = Files.createTempDirectory("loopgate-ca");
            folder.toFile().deleteOnExit();
            return new Tls(AuthorityFolder.at(folder.resolve("ca")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** With the authority of a folder, or a new one there. */
    public static Tls at(Path folder) {
        return new Tls(AuthorityFolder.at(folder));
    }

    public AuthorityFolder folder() {
        return folder;
    }

    public TlsTermination termination() {
        return new TlsTermination(certificates(), CLOCK);
    }

    /** The same on Java's own engine. */
    public TlsTermination terminationByJava() {
        return TlsTermination.byJava(certificates(), CLOCK);
    }

    private LocalCertificates certificates() {
        return new LocalCertificates(Optional.of(folder), CLOCK, sentence -> {});
    }

    /** For clients that trust this authority. */
    public SSLContext trusting() {
        try {
            return trusting(folder.certificateOrNew(Instant.now()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** For clients that trust this certificate, and those that it has signed. */
    public static SSLContext trusting(X509Certificate root) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("root", root);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Connects and agrees on TLS.
     *
     * @param name that the server is asked for and must prove, as a browser has it; an address is not asked for, only proved
     * @param applications offered (ALPN); HTTP/1.1 where none is named
     * @throws IOException where it does not come to that
     */
    public static SSLSocket connect(SSLContext context, int port, String name, String... applications)
            throws IOException {
        Socket plain = new Socket();
        plain.connect(new InetSocketAddress(Addresses.LOOPBACK4, port));
        return over(context, plain, port, name, applications);
    }

    public static SSLSocket over(SSLContext context, Socket plain, int port, String name, String... applications)
            throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
        socket.setSoTimeout((int) Eventually.LIMIT.toMillis());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(applications.length == 0 ? new String[] {"http/1.1"} : applications);
        if (!name.matches("[0-9.]+|.*:.*")) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    /** One that has not failed to. */
    public RawClient client(int port, String name) {
        try {
            return RawClient.over(new Wire(connect(trusting(), port, name)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** One that has agreed on HTTP/2. */
    public Http2Peer http2(int port, String name, int... settings) {
        try {
            SSLSocket socket = connect(trusting(), port, name, "h2", "http/1.1");
            if (!socket.getApplicationProtocol().equals("h2")) {
                throw new AssertionError("agreed on " + socket.getApplicationProtocol());
            }
            return Http2Peer.client(new Wire(socket), settings);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
