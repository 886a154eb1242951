package dev.loopgate.tls;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The domains of names that the local authority signs for. */
public final class LocalDomains {

    /** Names of this machine and its network, and nobody's on the Internet: RFC 6761, RFC 6762, ICANN's private top level. */
    static final Set<String> USUAL = Set.of("localhost", "test", "internal", "local");

    private static final Pattern DNS_NAME =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");
    private static final int LONGEST_NAME = 253;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

    private LocalDomains() {}

    /**
     * Those of a configuration beyond the usual ones, which an authority has to be made for: of all hosts that are served
     * with its certificates, so that it has to be trusted anew once and not with each.
     */
    public static Set<String> foreign(Configuration configuration) {
        Set<String> found = new TreeSet<>();
        for (VirtualHost host : configuration.hosts()) {
            if (host.pattern().kind() != HostPattern.Kind.ANY
                    && host.tls().orElse(configuration.tls()) instanceof TlsSettings.Auto
                    && isForeign(host.pattern().name())) {
                found.add(host.pattern().name());
            }
        }
        return Set.copyOf(found);
    }

    /** Not a top-level domain, be it one label of a file or a wildcard: it is everybody's. */
    static boolean isForeign(String domain) {
        // The dearest question last: there can be ten thousand hosts.
        return domain.indexOf('.') > 0 && !isWithin(domain, USUAL) && isDnsName(domain);
    }

    /** Whether an authority signs for the name that has been made for these domains beside the usual ones. */
    public static boolean permit(Set<String> foreign, String name) {
        return isDnsName(name) && (isWithin(name, USUAL) || isWithin(name, foreign));
    }

    /** Not what ends in a number, which programs take for an address. */
    static boolean isDnsName(String name) {
        return name.length() <= LONGEST_NAME
                && DNS_NAME.matcher(name).matches()
                && !NUMBER.matcher(name.substring(name.lastIndexOf('.') + 1)).matches();
    }

    static boolean isWithin(String name, Collection<String> domains) {
        return domains.stream().anyMatch(domain -> name.equals(domain) || name.endsWith("." + domain));
    }
}
