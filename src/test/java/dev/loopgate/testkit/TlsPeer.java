package dev.loopgate.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
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
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A server of TLS on a free port of 127.0.0.1, with a certificate that keytool made and nobody has signed but itself. */
public final class TlsPeer implements AutoCloseable {

    private static final char[] PASSWORD = "password".toCharArray();

    private final SSLServerSocket server;
    private final Thread thread;

    /**
     * @param keys as {@link #keys} made them
     * @param answer sent to each request that ends
     * @param applications that it agrees to (ALPN)
     */
    public TlsPeer(Path keys, String answer, String... applications) {
        try (InputStream in = Files.newInputStream(keys)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            server = (SSLServerSocket) context.getServerSocketFactory()
                    .createServerSocket(0, 16, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        thread = new Thread(() -> serve(answer, applications), "tls-peer");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Makes a key and its certificate.
     *
     * @param names as in {@code -ext san}: {@code dns:localhost,ip:127.0.0.1}
     * @param more such as {@code -startdate -10d}
     */
    public static Path keys(Path folder, String names, String... more) {
        Path file =
                folder.resolve("keys-" + names.hashCode() + "-" + List.of(more).hashCode() + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=a test",
                "-ext",
                "san=" + names,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(more));
        try (RunningProcess keytool = RunningProcess.start(folder, Map.of(), command)) {
            if (keytool.awaitExit(Duration.ofMinutes(1)) != 0) {
                throw new AssertionError(keytool.stdout() + keytool.stderr());
            }
        }
        return file;
    }

    private void serve(String answer, String... applications) {
        while (!server.isClosed()) {
            try (SSLSocket client = (SSLSocket) server.accept()) {
                client.setSoTimeout(15_000);
                SSLParameters parameters = client.getSSLParameters();
                parameters.setApplicationProtocols(applications);
                client.setSSLParameters(parameters);
                if (client.getInputStream().read(new byte[8192]) > 0) {
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException goneOrClosed) {
                // The next one, where there is one.
            }
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.close();
            thread.join();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
