package dev.loopgate.gateway;

import dev.loopgate.forward.ForwardTls;
import dev.loopgate.gateway.ReloadReport.Outcome;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.BindFailure;
import dev.loopgate.net.MachineAddresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The running gateway: its listeners, its forwards and the routes in force. Safe for use by any thread. */
public final class Gateway {

    private final Vertx vertx;
    private final HttpFront http;
    private final ForwardTls tls;
    private final CertificateWatch certificates;
    private final GatewayEvents events;
    private final String version;
    private final Optional<Path> file;
    private final BindProblems problems;
    private final HttpListeners listeners;
    private final Http3Listeners http3;
    private final Forwards forwards;
    private final Installation installation;
    private final Shutdown shutdown;
    private final Turns turns = new Turns();

    private volatile @Nullable Running running;
    private volatile @Nullable ReloadReport lastReload;

    public Gateway(GatewaySetup setup) {
        this(setup, HttpFront.of(setup.transport(), setup.http(), setup.builtin()));
    }

    private Gateway(GatewaySetup setup, HttpFront http) {
        this.vertx = setup.vertx();
        this.http = http;
        this.tls = new ForwardTls(setup.tls());
        this.certificates = new CertificateWatch(InstantSource.system(), setup.tls()::replacement);
        this.events = setup.events();
        this.version = setup.version();
        this.file = setup.file();
        this.problems = new BindProblems(setup.holders());
        this.listeners = new HttpListeners(http);
        NetworkWatch network = new NetworkWatch(vertx, MachineAddresses::now, NetworkWatch.PAUSE);
        this.http3 = new Http3Listeners(vertx, http, problems, setup.events(), network);
        this.forwards = new Forwards(
                vertx,
                rule -> new ForwardSlot(
                        vertx,
                        setup.transport(),
                        tls,
                        rule,
                        problems,
                        setup.events(),
                        network,
                        ForwardSlot.targets(rule)));
        this.installation = new Installation(
                vertx, setup.log(), List.of(http::compile, tls::prepare, certificates::follow), listeners, forwards);
        this.shutdown = new Shutdown(vertx, http, listeners, http3, forwards);
    }

    /**
     * Listens and serves. Completes once everything that can be bound is; a forward that cannot is told to
     * {@link GatewayEvents} and tried again.
     *
     * @param warnings of its reader, which the status tells
     * @return fails with {@link StartFailure}; nothing is left open then
     */
    public Future<GatewayStatus> start(Configuration configuration, List<String> warnings) {
        return turns.next(() -> {
            if (running != null) {
                return Future.failedFuture(new IllegalStateException("the gateway was started before"));
            }
            return installation
                    .install(configuration)
                    .map(ours -> {
                        running = new Running(configuration, Instant.now(), warnings, ours);
                        return (Void) null;
                    })
                    .compose(bound -> forwards.apply(configuration.forwards()))
                    .compose(opened -> http3.follow(udp(configuration)))
                    .onSuccess(opened -> http3.started())
                    .onSuccess(opened -> vertx.setPeriodic(NetworkWatch.PAUSE.toMillis(), now -> followBridges()))
                    .onSuccess(
                            opened -> certificates.start(vertx, CertificateWatch.FIRST, CertificateWatch.LOOK, events))
                    .map(opened -> status())
                    .recover(this::startFailure);
        });
    }

    /** The networks of containers come and go, and listeners on them with these. */
    private void followBridges() {
        Running asked = running;
        if (asked == null
                || asked.configuration.listen().stream().noneMatch(bind -> bind.scope() == BindAddress.Scope.DOCKER)) {
            return;
        }
        turns.next(() -> {
            Running now = running;
            return now == null
                    ? Future.succeededFuture()
                    : vertx.executeBlocking(() -> HttpListeners.wanted(now.configuration.listen(), new ArrayList<>()))
                            .compose(wanted -> wanted.equals(listeners.asked())
                                    ? Future.succeededFuture()
                                    : installation.install(now.configuration).compose(warnings -> {
                                        running = new Running(now.configuration, now.started, now.read, warnings);
                                        return http3.follow(udp(now.configuration));
                                    }))
                            .onFailure(failure -> events.notice(Trouble.words(failure)));
        });
    }

    /**
     * Puts a configuration in force, wholly or not at all. Reloads run one after the other.
     *
     * @param warnings of its reader, passed on in the report
     * @return never fails for what the configuration says: see {@link ReloadReport#outcome()}
     */
    public Future<ReloadReport> reload(Configuration configuration, List<String> warnings) {
        return turns.next(() -> taken(configuration, warnings).map(this::done));
    }

    /**
     * As {@link #reload}, for a change that is not one of the gateway's file: neither the events nor the status tell of it
     * as a reload.
     *
     * @param warnings passed on in the report
     */
    Future<ReloadReport> amend(Configuration configuration, List<String> warnings) {
        return turns.next(() -> {
            Running now = running;
            return taken(configuration, now == null ? List.of() : now.read).map(report -> report.with(warnings));
        });
    }

    private Future<ReloadReport> taken(Configuration configuration, List<String> warnings) {
        Running now = running;
        if (now == null) {
            return Future.failedFuture(new IllegalStateException("the gateway does not run"));
        }
        if (now.configuration.equals(configuration)) {
            running = new Running(configuration, now.started, warnings, now.ours);
            // Others may be trusted than when it was put in force.
            return installation
                    .renew(configuration)
                    .map(renewed -> ReloadReport.withoutChange(Outcome.UNCHANGED, kept(), warnings, List.of()))
                    .recover(failure -> words(failure).map(problem -> refused(warnings, List.of(problem))));
        }
        return replace(now, configuration, warnings)
                .recover(failure -> words(failure).map(problem -> refused(warnings, List.of(problem))));
    }

    /** Notes that the file has problems, which {@link #status()} and the events then tell; what is in force stays. */
    public ReloadReport invalid(List<String> faults) {
        return done(ReloadReport.withoutChange(Outcome.INVALID, kept(), List.of(), faults));
    }

    /** Notes that the file cannot be put in force, as {@link #invalid} does. */
    ReloadReport refusal(List<String> warnings, List<String> problems) {
        return done(refused(warnings, problems));
    }

    /**
     * Stops accepting, lets exchanges and connections finish, and closes what is left.
     *
     * @param drain how long they may take
     */
    public Future<Void> stop(Duration drain) {
        return turns.next(() -> {
            running = null;
            return shutdown.run(drain);
        });
    }

    /** Closes everything at once, also what is draining. */
    public Future<Void> stopNow() {
        shutdown.hurry();
        return stop(Duration.ZERO);
    }

    /** As far as it is known without asking anybody. */
    public GatewayStatus status() {
        return whole(List.of());
    }

    /**
     * The same for somebody who asks. Blocks: it looks at this user's authority, which another command may have made anew.
     *
     * @param attached the projects that part of its configuration comes from
     */
    GatewayStatus freshStatus(List<GatewayStatus.Attached> attached) {
        certificates.look();
        return whole(attached);
    }

    private GatewayStatus whole(List<GatewayStatus.Attached> attached) {
        Running now = running;
        return status(now == null ? List.of() : now.configuration.hosts(), forwards.states(rule -> true), attached);
    }

    /** With the hosts and forwards of this part of it only. */
    GatewayStatus statusOf(Configuration part) {
        Set<Forward.Key> keys = part.forwards().stream().map(Forward::key).collect(Collectors.toSet());
        return status(part.hosts(), forwards.states(rule -> keys.contains(rule.key())), List.of());
    }

    private GatewayStatus status(
            List<VirtualHost> hosts, List<GatewayStatus.ForwardState> states, List<GatewayStatus.Attached> attached) {
        Running now = running;
        List<InetSocketAddress> bound = listeners.addresses();
        return new GatewayStatus(
                version,
                ProcessHandle.current().pid(),
                file,
                now == null ? Instant.EPOCH : now.started,
                StatusReport.listeners(bound),
                http3.status(),
                now == null
                        ? List.of()
                        : StatusReport.hosts(now.configuration.listen(), hosts, now.configuration.tls(), bound),
                states,
                http.connections(),
                http.requests(),
                Optional.ofNullable(lastReload),
                Stream.concat(now == null ? Stream.of() : now.warnings().stream(), certificates.damage().stream())
                        .toList(),
                certificates.endings(),
                attached);
    }

    /** Beside which sockets HTTP/3 is wanted. */
    private Set<InetSocketAddress> udp(Configuration configuration) {
        return configuration.http3() ? new LinkedHashSet<>(listeners.addresses()) : Set.of();
    }

    private NetworkChange.Reach reach() {
        return new NetworkChange.Reach(StatusReport.listeners(listeners.addresses()), forwards.reachable());
    }

    /** What is new is open before what is old goes, and nothing is given up before nothing can fail any more. */
    private Future<ReloadReport> replace(Running now, Configuration next, List<String> warnings) {
        NetworkChange.Reach before = reach();
        return installation
                .install(next)
                .compose(ours -> {
                    running = new Running(next, now.started, warnings, ours);
                    http3.leave(udp(next));
                    return forwards.apply(next.forwards())
                            .onComplete(opened -> tls.settle())
                            .compose(opened -> http3.follow(udp(next)))
                            .map(ours);
                })
                .map(ours -> {
                    ConfigurationDiff diff = ConfigurationDiff.between(now.configuration, next);
                    return new ReloadReport(
                            Instant.now(),
                            Outcome.APPLIED,
                            diff.added(),
                            diff.changed(),
                            diff.removed(),
                            kept(),
                            NetworkChange.between(before, reach()),
                            new Running(next, now.started, warnings, ours).warnings(),
                            List.of());
                });
    }

    /** Does work that blocks on a thread where it may. */
    <T> Future<T> aside(Callable<T> work) {
        return vertx.executeBlocking(work, false);
    }

    private <T> Future<T> startFailure(Throwable failure) {
        if (failure instanceof BindFailure) {
            return bindProblem(failure).compose(problem -> Future.failedFuture(new StartFailure(problem, failure)));
        }
        return Future.failedFuture(new StartFailure(Trouble.words(failure), failure));
    }

    private Future<String> words(Throwable failure) {
        return failure instanceof BindFailure
                ? bindProblem(failure).map(BindProblem::message)
                : Future.succeededFuture(Trouble.words(failure));
    }

    private Future<BindProblem> bindProblem(Throwable failure) {
        return vertx.executeBlocking(() -> problems.ofListener(failure));
    }

    private ReloadReport refused(List<String> warnings, List<String> problems) {
        return ReloadReport.withoutChange(Outcome.REFUSED, kept(), warnings, problems);
    }

    private ReloadReport done(ReloadReport report) {
        ReloadReport before = lastReload;
        lastReload = report;
        boolean allWell = before == null || before.inForce();
        if (report.outcome() != Outcome.UNCHANGED || !allWell) {
            events.reloaded(report);
        }
        return report;
    }

    private int kept() {
        return http.connections() + forwards.connections();
    }

    /**
     * @param read warnings of the reader of the file
     * @param ours warnings about the machine
     */
    private record Running(Configuration configuration, Instant started, List<String> read, List<String> ours) {
        List<String> warnings() {
            List<String> all = new ArrayList<>(read);
            all.addAll(ours);
            return all;
        }
    }
}
