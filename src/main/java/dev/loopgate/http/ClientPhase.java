package dev.loopgate.http;

/** What a client's HTTP/1.1 connection is at. */
enum ClientPhase {
    /** TLS is being agreed on. */
    HANDSHAKE,
    /** Between requests. */
    IDLE,
    /** Some bytes of a head are here. */
    HEAD,
    /** A request is being served. */
    EXCHANGE,
    /** All is said; what the client still sends is read and dropped, so that it can read the answer. */
    LINGER,
    /** Nobody says anything more; closed once the client has taken what is queued for it. */
    CLOSING,
    CLOSED
}
