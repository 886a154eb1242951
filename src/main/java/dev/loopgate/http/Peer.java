package dev.loopgate.http;

import dev.loopgate.model.Target.Security;
import dev.loopgate.model.UpstreamAddress;

/**
 * What upstream connections have in common that may stand in for each other.
 *
 * @param http2 whether it is spoken to in HTTP/2 at once, in the clear (RFC 9113 §3.3); over TLS it is asked
 */
record Peer(UpstreamAddress address, Security security, boolean http2) {

    boolean secure() {
        return security != Security.PLAIN;
    }

    static Peer plain(UpstreamAddress address) {
        return new Peer(address, Security.PLAIN, false);
    }
}
