package dev.loopgate.cli;

import dev.loopgate.builtin.FilesService;
import dev.loopgate.diagnose.SystemPortHolders;
import dev.loopgate.diagnose.UpstreamDiagnosis;
import dev.loopgate.gateway.ConfigurationWatch;
import dev.loopgate.gateway.Gateway;
import dev.loopgate.gateway.GatewayEvents;
import dev.loopgate.gateway.GatewaySetup;
import dev.loopgate.http.HttpGateway;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.net.Transport;
import dev.loopgate.observe.AccessLog;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.LocalCertificates;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a gateway is made of, wired together. */
record GatewayParts(
        Vertx vertx, Transport transport, AccessLog log, FilesService files, Gateway gateway, GatewayEvents events)
        implements AutoCloseable {

    private static final long CLOSE_SECONDS = 5;

    static GatewayParts assemble(Surroundings surroundings, GatewayEvents events, Optional<Path> file) {
        Vertx vertx = Transport.vertx(
                new VertxOptions().setEventLoopPoolSize(Runtime.getRuntime().availableProcessors()));
        Terminal terminal = surroundings.terminal();
        AccessLog log = new AccessLog(terminal.out(), terminal.outStyle().on());
        Transport transport = new Transport(vertx, surroundings.environment());
        FilesService files = new FilesService(vertx, surroundings.environment());
        TlsTermination tls = new TlsTermination(
                new LocalCertificates(
                        AuthorityFolder.from(surroundings.environment()), InstantSource.system(), events::notice),
                InstantSource.system());
        Gateway gateway = new Gateway(new GatewaySetup(
                vertx,
                transport,
                tls,
                new HttpGateway(transport, tls, log, new UpstreamDiagnosis()),
                files,
                log,
                new GatewayHolders(new SystemPortHolders(), surroundings),
                events,
                Version.text(),
                file));
        return new GatewayParts(vertx, transport, log, files, gateway, events);
    }

    /** Empty where there is no file to follow. */
    Optional<ConfigurationWatch> watch(RunningConfiguration source) {
        return source.watched().map(file -> new ConfigurationWatch(vertx, file, source.reader(), events::notice));
    }

    @Override
    public void close() {
        log.close();
        try {
            files.close()
                    .eventually(vertx::close)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The process ends now in any case.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
