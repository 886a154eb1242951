package dev.loopgate.model;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key and the certificates that say whose it is. Equal where key and certificates are.
 *
 * @param chain the key's own certificate first, then those that lead to whoever is trusted
 */
public record Credential(PrivateKey key, List<X509Certificate> chain) {

    public Credential {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a key without a certificate");
        }
    }

    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** Without the key: texts end up in logs. */
    @Override
    public String toString() {
        return certificate().getSubjectX500Principal() + " until "
                + certificate().getNotAfter();
    }
}
