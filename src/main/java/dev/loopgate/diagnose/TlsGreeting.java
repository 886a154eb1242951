package dev.loopgate.diagnose;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;

/** Whether somebody speaks TLS, told by the first byte of the answer to a ClientHello (RFC 8446 §5.1, §4.1.2). */
final class TlsGreeting {

    private static final int ALERT = 0x15;
    private static final int HANDSHAKE = 0x16;

    /**
     * Cipher suites, groups and signatures that every server knows one of; should one not, its alert tells as much. Written
     * out, since Java's TLS takes longer to load than an answer may wait.
     */
    private static final String OFFER = "0010" + "c02bc02fc02cc030130113021303009c" + "0100";

    /** Thirty-two bytes of nothing in particular: nothing is agreed to, so that none of them is a secret. */
    private static final String BYTES =
            HexFormat.of().formatHex("loopgate asks whether TLS speaks".getBytes(StandardCharsets.US_ASCII));

    /** In this order: groups, signatures, versions, a share of a key (RFC 8446 §4.2). */
    private static final String EXTENSIONS = "000a0006" + "0004001d0017"
            + ("000d000c" + "000a0403080404010806" + "0601")
            + ("002b0005" + "0403040303")
            + ("00330026" + "0024001d0020" + BYTES);

    private TlsGreeting() {}

    /**
     * Connects and asks. Blocks for the limit at most.
     *
     * @return whether a server of TLS answered
     */
    static boolean isAnsweredBy(InetSocketAddress address, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try (Socket socket = new Socket()) {
            socket.connect(address, SpeechProbe.millis(limit));
            socket.setSoTimeout(SpeechProbe.millis(Duration.ofNanos(end - System.nanoTime())));
            socket.getOutputStream().write(hello());
            int first = socket.getInputStream().read();
            return first == ALERT || first == HANDSHAKE;
        } catch (IOException no) {
            return false;
        }
    }

    private static byte[] hello() {
        String body = "0303" + BYTES + "00" + OFFER + length(EXTENSIONS, 4) + EXTENSIONS;
        String handshake = "01" + length(body, 6) + body;
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(HexFormat.of().parseHex("160301" + length(handshake, 4) + handshake));
        return record.toByteArray();
    }

    /** Of what is written in hexadecimal digits, in as many of them. */
    private static String length(String hex, int digits) {
        return HexFormat.of().toHexDigits(hex.length() / 2, digits);
    }
}
