package dev.loopgate.http;

import dev.loopgate.model.Cidr;
import dev.loopgate.model.Configuration;
import dev.loopgate.routing.RoutingTable;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A configuration's hosts, ready for the data path; immutable, and in force for an exchange from its start to its end. */
public final class HttpPlan {

    private final Configuration configuration;
    private final RoutingTable<HttpRoute> table;
    private final Map<dev.loopgate.model.UpstreamAddress, Upstream> upstreams;

    /** Made when it is first wanted, which it seldom is; loops that do so at once make equal ones. */
    private volatile @Nullable List<Failure.ListedHost> listed;

    HttpPlan(
            Configuration configuration,
            RoutingTable<HttpRoute> table,
            Map<dev.loopgate.model.UpstreamAddress, Upstream> upstreams) {
        this.configuration = configuration;
        this.table = table;
        this.upstreams = Map.copyOf(upstreams);
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

    Map<dev.loopgate.model.UpstreamAddress, Upstream> upstreams() {
        return upstreams;
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
