package dev.loopgate.http;

import dev.loopgate.model.Cidr;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.TlsOrigination;
import dev.loopgate.routing.RouteDecision;
import dev.loopgate.routing.RoutingTable;
import dev.loopgate.tls.LocalDomains;
import dev.loopgate.tls.TlsIdentity;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A configuration's hosts, ready for the data path; immutable, and in force for an exchange from its start to its end. */
public final class HttpPlan {

    private final Configuration configuration;
    private final RoutingTable<HttpRoute> table;
    private final Map<Peer, Upstream> upstreams;
    private final @Nullable TlsOrigination origination;
    private final boolean servesTls;
    private final Set<String> domains;

    /** Made when it is first wanted, which it seldom is; loops that do so at once make equal ones. */
    private volatile @Nullable List<Failure.ListedHost> listed;

    HttpPlan(
            Configuration configuration,
            RoutingTable<HttpRoute> table,
            Map<Peer, Upstream> upstreams,
            @Nullable TlsOrigination origination) {
        this.origination = origination;
        this.configuration = configuration;
        this.table = table;
        this.upstreams = Map.copyOf(upstreams);
        this.domains = LocalDomains.foreign(configuration);
        this.servesTls = configuration.servesTls();
    }

    Configuration configuration() {
        return configuration;
    }

    /** Every host, for people. */
    List<Failure.ListedHost> listed() {
        List<Failure.ListedHost> all = listed;
        if (all == null) {
            all = Misrouted.list(configuration.hosts());
            listed = all;
        }
        return all;
    }

    RoutingTable<HttpRoute> table() {
        return table;
    }

    Map<Peer, Upstream> upstreams() {
        return upstreams;
    }

    /** For upstreams that are spoken to over TLS; null where there is none. */
    @Nullable
    TlsOrigination origination() {
        return origination;
    }

    /** Whether any name is served over TLS. */
    boolean servesTls() {
        return servesTls;
    }

    /**
     * Who to be to a client that begins TLS.
     *
     * @param name the server name that it asks for, in lower case; empty where it names none
     * @param own the address of the gateway that it came to
     * @return empty where no host has the name, or none that is served over TLS
     */
    Optional<TlsIdentity> identity(String name, InetAddress own) {
        if (name.isEmpty()) {
            // Who asks for an address names none (RFC 6066 §3). Beyond loopback there is no certificate for one.
            String text = own.isLoopbackAddress() ? Addresses.text(own) : "localhost";
            return identity(configuration.tls(), text, !own.isLoopbackAddress() || Addresses.isUsualLoopback(own));
        }
        RouteDecision<HttpRoute> found = table.decide(name, "/");
        VirtualHost host = null;
        if (found instanceof RouteDecision.Matched<HttpRoute> matched) {
            host = matched.host();
        } else if (found instanceof RouteDecision.UnknownPath<HttpRoute> unknown) {
            host = unknown.host();
        }
        if (host != null) {
            return identity(
                    host.tls().orElse(configuration.tls()), name, host.pattern().kind() == HostPattern.Kind.EXACT);
        }
        // The start page has a name of its own.
        return name.equals("localhost") ? identity(configuration.tls(), name, true) : Optional.empty();
    }

    /** The same for a client. */
    Optional<TlsIdentity> identity(String name, Client client) {
        return identity(name, client.gateway());
    }

    private Optional<TlsIdentity> identity(TlsSettings settings, String name, boolean listed) {
        if (settings instanceof TlsSettings.Given given) {
            return Optional.of(new TlsIdentity.Given(given.credential()));
        }
        return settings instanceof TlsSettings.Auto
                ? Optional.of(new TlsIdentity.Local(name, domains, listed))
                : Optional.empty();
    }

    /** Whether a connection of this peer begins with a header of the PROXY protocol. */
    boolean awaitsProxyHeader(InetAddress peer) {
        return configuration.proxyProtocol() && trusts(peer);
    }

    boolean trusts(InetAddress peer) {
        List<Cidr> trusted = configuration.trustedProxies();
        for (int i = 0; i < trusted.size(); i++) {
            if (trusted.get(i).contains(peer)) {
                return true;
            }
        }
        return false;
    }
}
