package dev.loopgate.gateway;

import dev.loopgate.http.BuiltinUpstreams;
import dev.loopgate.http.HttpGateway;
import dev.loopgate.net.PortHolders;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.net.Transport;
import dev.loopgate.observe.AccessLog;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a gateway is put together from. It closes none of it.
 *
 * @param tls for forwards; hosts have it with {@code http}
 * @param log goes by the configuration's settings from the start on
 * @param version of Loopgate, for the status
 * @param file the configuration's main file, for the status; empty where there is none
 */
public record GatewaySetup(
        Vertx vertx,
        Transport transport,
        TlsTermination tls,
        HttpGateway http,
        BuiltinUpstreams builtin,
        AccessLog log,
        PortHolders holders,
        GatewayEvents events,
        String version,
        Optional<Path> file) {}
