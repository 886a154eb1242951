package dev.loopgate.tls;

import dev.loopgate.model.Credential;

/** Who the gateway is to a client that asks for a name. */
public sealed interface TlsIdentity {

    /**
     * With a certificate of the local authority.
     *
     * @param name a DNS name in lower case without a dot at its end, or a loopback address
     * @param domain of the configuration, which the authority may be made anew for; empty: for none
     */
    record Local(String name, String domain) implements TlsIdentity {}

    /** With the certificate that the configuration names. */
    record Given(Credential credential) implements TlsIdentity {}
}
