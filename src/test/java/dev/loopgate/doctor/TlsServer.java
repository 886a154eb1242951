package dev.loopgate.doctor;

import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A server on 127.0.0.1 that speaks TLS with a certificate of its own making, and answers each request with 200. */
final class TlsServer implements AutoCloseable {

    private static final String PASSWORD = "changeit";

    private final SSLServerSocket server;

    private TlsServer(SSLServerSocket server) {
        this.server = server;
        Thread thread = new Thread(this::serve, "tls-server");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * @param folder for its key
     * @param start of the certificate's validity, as keytool takes it: {@code -10d}
     * @param days that it is valid
     * @param name that it is for, as keytool takes it: {@code dns:localhost}
     */
    static TlsServer start(Path folder, String start, int days, String name) {
        try {
            Path store = Files.createTempDirectory(folder, "key").resolve("store.p12");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "key",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=test",
                    "-startdate",
                    start,
                    "-validity",
                    Integer.toString(days),
                    "-ext",
                    "san=" + name,
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    PASSWORD));
            try (RunningProcess keytool = RunningProcess.start(folder, Map.of(), command)) {
                if (keytool.awaitExit(Duration.ofMinutes(1)) != 0) {
                    throw new AssertionError(keytool.stdout() + keytool.stderr());
                }
            }
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            return new TlsServer((SSLServerSocket) context.getServerSocketFactory()
                    .createServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> answer(socket), "tls-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void answer(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            if (in.read(new byte[4096]) > 0) {
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException refused) {
            // The client does not speak TLS, or does not like the certificate.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException gone) {
            // nothing is left to close
        }
    }
}
