package dev.loopgate.gateway;

import dev.loopgate.gateway.ReloadReport.Outcome;
import dev.loopgate.model.Configuration;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration in force as a sum: the gateway's own, and the hosts and forwards of every project that is attached.
 * Each change is put in force wholly or not at all, one after the other. Safe for use by any thread.
 */
public final class Attachments {

    private final Gateway gateway;
    private final GatewayEvents events;
    private final Turns turns = new Turns();
    private volatile Sum sum;

    /** @param own what the gateway starts on */
    public Attachments(Gateway gateway, ConfigurationPart own, GatewayEvents events) {
        this.gateway = gateway;
        this.events = events;
        this.sum = new Sum(own, Map.of());
    }

    /** Puts another configuration of the gateway itself in force; one that clashes with an attached project is refused. */
    public Future<ReloadReport> own(ConfigurationPart next) {
        return turns.next(() -> {
            Sum now = sum;
            return gateway.aside(() -> Clashes.ofOwn(List.copyOf(now.attached.values()), next))
                    .compose(clashes -> {
                        if (!clashes.isEmpty()) {
                            return Future.succeededFuture(gateway.refusal(next.warnings(), clashes));
                        }
                        Sum wanted = new Sum(next, now.attached);
                        return gateway.reload(wanted.configuration(), next.warnings())
                                .onSuccess(report -> {
                                    if (report.inForce()) {
                                        sum = wanted;
                                    }
                                });
                    });
        });
    }

    /** What its project says now; what it said before stays in force where this cannot be. */
    Future<ReloadReport> put(AttachedProject project, ConfigurationPart part) {
        return turns.next(() -> {
            if (project.closed()) {
                return Future.failedFuture("whoever attached it has left");
            }
            Sum now = sum;
            boolean first = !now.attached.containsKey(project);
            return gateway.aside(() -> problems(now, project, part)).compose(problems -> {
                if (!problems.isEmpty()) {
                    return Future.succeededFuture(ReloadReport.withoutChange(Outcome.REFUSED, 0, List.of(), problems));
                }
                Sum wanted = now.with(project, part);
                return gateway.amend(wanted.configuration(), part.warnings()).onSuccess(report -> {
                    if (report.inForce()) {
                        sum = wanted;
                        if (first || report.outcome() == Outcome.APPLIED) {
                            events.attached(project.words(), report);
                        }
                    }
                });
            });
        });
    }

    /** Looks at files, and at every rule where there are thousands: nothing for an event loop. */
    private static List<String> problems(Sum now, AttachedProject project, ConfigurationPart part) {
        Optional<String> twice = now.attached.containsKey(project) ? Optional.empty() : twice(now, part);
        return twice.map(List::of)
                .orElseGet(() -> Clashes.of(now.own, now.without(project).parts(), part));
    }

    /** Nothing of the project is in force any more; what is under way goes on as after any reload. */
    Future<Void> remove(AttachedProject project) {
        return turns.next(() -> {
            Sum now = sum;
            if (!now.attached.containsKey(project)) {
                return Future.succeededFuture();
            }
            Sum wanted = now.without(project);
            sum = wanted;
            return gateway.amend(wanted.configuration(), List.of()).map(report -> {
                events.detached(project.words(), report);
                return null;
            });
        });
    }

    /** The gateway, with the projects that are attached. Blocks while it looks at files. */
    public GatewayStatus status() {
        List<GatewayStatus.Attached> attached = new ArrayList<>();
        sum.attached.forEach((project, part) -> attached.add(new GatewayStatus.Attached(
                project.name(),
                project.file(),
                project.pid(),
                part.configuration().hosts().stream()
                        .map(host -> host.pattern().toString())
                        .toList(),
                part.configuration().forwards().stream()
                        .map(forward -> forward.key().toString())
                        .toList())));
        return gateway.freshStatus(attached);
    }

    /** What the projects that are attached are read from, in the order in which they came. */
    public List<AttachRequest> sources() {
        return sum.attached.keySet().stream().map(AttachedProject::source).toList();
    }

    /** How many projects there are. */
    public int count() {
        return sum.attached.size();
    }

    /** The gateway with nothing but what this project brings. */
    GatewayStatus statusOf(AttachedProject project) {
        ConfigurationPart part = sum.attached.get(project);
        return gateway.statusOf(part == null ? Configuration.EMPTY : part.configuration());
    }

    List<String> warnings(AttachedProject project) {
        ConfigurationPart part = sum.attached.get(project);
        return part == null ? List.of() : part.warnings();
    }

    /** Keys of an attached file that only a gateway's own file has a say in, where they say something else. */
    List<String> ignored(AttachedProject project) {
        ConfigurationPart part = sum.attached.get(project);
        if (part == null) {
            return List.of();
        }
        Configuration said = part.read().configuration();
        Configuration nothing = Configuration.EMPTY;
        List<String> keys = new ArrayList<>();
        if (!said.listen().equals(nothing.listen())
                && !said.listen().equals(sum.own.configuration().listen())) {
            keys.add("listen");
        }
        if (!said.accessLog().equals(nothing.accessLog())) {
            keys.add("access-log");
        }
        if (!said.trustedProxies().isEmpty()) {
            keys.add("trusted-proxies");
        }
        if (said.proxyProtocol()) {
            keys.add("accept-proxy-protocol");
        }
        if (!said.tls().equals(nothing.tls())) {
            keys.add("tls");
        }
        if (said.http3()) {
            keys.add("http3");
        }
        return keys;
    }

    private static Optional<String> twice(Sum now, ConfigurationPart part) {
        if (part.file().isEmpty()) {
            return Optional.empty();
        }
        Path file = part.file().get();
        if (now.own.file().filter(own -> same(own, file)).isPresent()) {
            return Optional.of(file + " is what the gateway runs on; its changes are taken at once");
        }
        return now.attached.entrySet().stream()
                .filter(entry -> entry.getValue()
                        .file()
                        .filter(other -> same(other, file))
                        .isPresent())
                .map(entry -> file + " is attached already, by process "
                        + entry.getKey().pid() + "; its changes are taken at once")
                .findFirst();
    }

    private static boolean same(Path a, Path b) {
        try {
            return Files.isSameFile(a, b);
        } catch (IOException gone) {
            return a.equals(b);
        }
    }

    /** @param attached in the order in which they came */
    private record Sum(ConfigurationPart own, Map<AttachedProject, ConfigurationPart> attached) {

        Sum with(AttachedProject project, ConfigurationPart part) {
            Map<AttachedProject, ConfigurationPart> next = new LinkedHashMap<>(attached);
            next.put(project, part);
            return new Sum(own, next);
        }

        Sum without(AttachedProject project) {
            Map<AttachedProject, ConfigurationPart> next = new LinkedHashMap<>(attached);
            next.remove(project);
            return new Sum(own, next);
        }

        List<ConfigurationPart> parts() {
            List<ConfigurationPart> parts = new ArrayList<>();
            parts.add(own);
            parts.addAll(attached.values());
            return parts;
        }

        Configuration configuration() {
            return ConfigurationPart.together(own, attached.values());
        }
    }
}
