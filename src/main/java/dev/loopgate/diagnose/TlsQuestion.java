package dev.loopgate.diagnose;

import dev.loopgate.diagnose.Speech.Http;
import dev.loopgate.diagnose.Speech.Tls;
import dev.loopgate.diagnose.Speech.TlsRefused;
import dev.loopgate.net.Printable;
import dev.loopgate.tls.TrustLists;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Asks for TLS over a connection, and then for the first page within it. */
final class TlsQuestion {

    private static final String HTTP1 = "http/1.1";

    private TlsQuestion() {}

    /** @return empty where TLS is not what is spoken there */
    static Optional<Speech> ask(
            Socket connection, InetSocketAddress address, String host, TrustLists lists, Duration limit)
            throws IOException {
        long start = System.nanoTime();
        TrustWitness witness = new TrustWitness(host, lists);
        try (SSLSocket socket = socket(connection, address, host, limit, witness, "h2", HTTP1)) {
            start = System.nanoTime();
            if (!shakesHands(socket, connection, limit)) {
                return Optional.of(new TlsRefused("the handshake has not ended in time", Probe.since(start)));
            }
            Duration took = Probe.since(start);
            X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            String application = String.valueOf(socket.getApplicationProtocol());
            // Read while the page is asked for: each takes a while.
            CompletableFuture<TrustWitness.Trust> trust = Concurrently.ask(witness::trust);
            Optional<Http> http = application.equals("h2")
                    ? inHttp1(address, host, lists, limit)
                    : page(socket, host, address.getPort(), limit);
            return Optional.of(new Tls(TlsSession.of(
                    socket.getSession(),
                    application,
                    certificate,
                    trust.join(),
                    witness.fault(trust.join()),
                    took,
                    http)));
        } catch (SSLException e) {
            return isTls(e) ? Optional.of(new TlsRefused(words(e), Probe.since(start))) : Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** A server that says nothing at all is given up before. @return whether it came to its end */
    private static boolean shakesHands(SSLSocket socket, Socket connection, Duration limit) throws IOException {
        try (Deadline deadline = new Deadline(connection, limit.multipliedBy(2))) {
            try {
                socket.startHandshake();
                return true;
            } catch (IOException e) {
                if (deadline.isOver()) {
                    return false;
                }
                throw e;
            }
        }
    }

    private static SSLSocket socket(
            Socket connection,
            InetSocketAddress address,
            String host,
            Duration limit,
            TrustWitness witness,
            String... applications)
            throws IOException, GeneralSecurityException {
        connection.setSoTimeout(SpeechProbe.millis(limit));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {witness}, null);
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(connection, host, address.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(applications);
        if (!TlsSession.isAddress(host)) {
            try {
                parameters.setServerNames(List.of(new SNIHostName(host)));
            } catch (IllegalArgumentException unusual) {
                // A name that DNS does not allow: then the server is to choose.
            }
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** Those who would rather speak HTTP/2 mostly speak HTTP/1.1 as well. */
    private static Optional<Http> inHttp1(InetSocketAddress address, String host, TrustLists lists, Duration limit) {
        try (Socket connection = new Socket()) {
            connection.connect(address, SpeechProbe.millis(limit));
            try (SSLSocket socket = socket(connection, address, host, limit, new TrustWitness(host, lists), HTTP1)) {
                return shakesHands(socket, connection, limit)
                        ? page(socket, host, address.getPort(), limit)
                        : Optional.empty();
            }
        } catch (IOException | GeneralSecurityException none) {
            return Optional.empty();
        }
    }

    private static Optional<Http> page(SSLSocket socket, String host, int port, Duration limit) {
        try {
            return HttpQuestion.forPage(new Connection.Tcp(socket), host, port)
                    .ask(limit)
                    .filter(Http.class::isInstance)
                    .map(Http.class::cast);
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** Whether it is TLS that failed, and not something else that does not understand it. */
    private static boolean isTls(SSLException failure) {
        String words = String.valueOf(failure.getMessage());
        return !words.contains("unrecognized SSL message")
                && !words.contains("terminated the handshake")
                && !words.contains("plaintext connection");
    }

    private static String words(SSLException failure) {
        return Printable.of(String.valueOf(failure.getMessage()))
                .replaceFirst("^\\([a-z_]+\\) ", "")
                .replaceFirst("^Received fatal alert: ", "");
    }
}
