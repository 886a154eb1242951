package dev.loopgate.http;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The name of this gateway in Via (RFC 9110 §7.6.3): unlike any other's, so that meeting it again is a loop. */
final class Identity {

    private final String pseudonym;
    private final String via;
    private final byte[] line;

    Identity() {
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        pseudonym = "loopgate-" + HexFormat.of().formatHex(random);
        via = "1.1 " + pseudonym;
        line = (" " + pseudonym + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** @param version of HTTP that the message was received in: 1.0, 1.1, 2.0 or 3.0 */
    void appendVia(HeadBuilder out, String version) {
        out.append("Via: ").append(version).append(line);
    }

    /** The field's value for a message of HTTP/1.1. */
    String via() {
        return via;
    }

    /** Whether a message has passed this gateway before. */
    boolean isIn(Head head) {
        for (int i = 0; i < head.fields; i++) {
            if (head.kind[i] == FieldKind.VIA
                    && head.text(head.valueStart[i], head.valueEnd[i]).contains(pseudonym)) {
                return true;
            }
        }
        return false;
    }
}
