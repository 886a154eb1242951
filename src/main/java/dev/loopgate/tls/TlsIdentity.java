package dev.loopgate.tls;

import dev.loopgate.model.Credential;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who the gateway is to a client that asks for a name. */
public sealed interface TlsIdentity {

    /**
     * With a certificate of the local authority.
     *
     * @param name a DNS name in lower case without a dot at its end, or a loopback address
     * @param domains of the configuration: where the authority may not sign for the name, which is at or below one of these,
     *     it is made anew for all of them, so that it has to be trusted anew once and not with each
     * @param listed whether the configuration has the name itself, and not a pattern that anybody may find names for
     */
    record Local(String name, Set<String> domains, boolean listed) implements TlsIdentity {
        public Local {
            domains = Set.copyOf(domains);
        }

        /** @param domain the only one; empty: none */
        public Local(String name, String domain) {
            this(name, domain.isEmpty() ? Set.of() : Set.of(domain), true);
        }

        /** By the name alone: the certificate is the same whatever else the configuration has. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Local local && local.name.equals(name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /** With the certificate that the configuration names. */
    record Given(Credential credential) implements TlsIdentity {}
}
