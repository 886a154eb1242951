package dev.loopgate.model;

/** How connections to the gateway, or those that ask for one host, are made secure. */
public sealed interface TlsSettings {

    /** What holds where the file says nothing. */
    TlsSettings DEFAULT = new Auto();

    /** Not at all. */
    record Off() implements TlsSettings {}

    /** With a certificate for each name, made on this machine when it is asked for. */
    record Auto() implements TlsSettings {}

    /** With a certificate that the file names. */
    record Given(Credential credential) implements TlsSettings {}
}
