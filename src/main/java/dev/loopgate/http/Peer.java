package dev.loopgate.http;

import dev.loopgate.model.UpstreamAddress;

/** What upstream connections have in common that may stand in for each other. */
record Peer(UpstreamAddress address, Security security) {

    /** How it is spoken to. */
    enum Security {
        /** In the clear. */
        PLAIN,
        /** Over TLS, once it has proved who it is. */
        VERIFIED,
        /** Over TLS with whoever answers. */
        UNVERIFIED
    }

    static Peer plain(UpstreamAddress address) {
        return new Peer(address, Security.PLAIN);
    }
}
