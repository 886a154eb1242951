package dev.loopgate.explain;

import dev.loopgate.config.PortRules;
import dev.loopgate.diagnose.Concurrently;
import dev.loopgate.diagnose.UpstreamDiagnosis;
import dev.loopgate.explain.Explanation.UpstreamStep;
import dev.loopgate.http.RequestPreview;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The upstreams of one route: which is picked, and whether it answers. */
final class Upstreams {

    /** All at once; more than this are not asked. */
    private static final int ASKED = 32;

    private final List<Target.Upstream> all;
    private final List<RequestPreview> heads;
    private final Configuration configuration;
    private final Duration connect;
    private final List<UpstreamProbe> probes = new ArrayList<>();
    private int picked;

    /**
     * @param heads what each would be sent
     * @param connect how long one connection attempt may take
     */
    Upstreams(List<Target.Upstream> all, List<RequestPreview> heads, Configuration configuration, Duration connect) {
        this.all = all;
        this.heads = heads;
        this.configuration = configuration;
        this.connect = connect;
    }

    /** What is known without asking anybody. */
    List<UpstreamStep> unasked() {
        List<UpstreamStep> steps = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            steps.add(new UpstreamStep(
                    all.get(i).toString(),
                    i == picked,
                    why(i),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    heads.get(i).head()));
        }
        return steps;
    }

    /** Asks them. Blocks as {@link UpstreamProbe#of} does. */
    List<UpstreamStep> asked(String authority, UpstreamDiagnosis diagnosis) {
        List<CompletableFuture<UpstreamProbe>> running = new ArrayList<>();
        for (Target.Upstream upstream : all.subList(0, Math.min(ASKED, all.size()))) {
            running.add(
                    itself(upstream)
                            ? CompletableFuture.completedFuture(UpstreamProbe.itself())
                            : Concurrently.ask(() -> UpstreamProbe.of(upstream, authority, connect, diagnosis)));
        }
        running.forEach(probe -> probes.add(probe.join()));
        for (int i = probes.size() - 1; i >= 0; i--) {
            picked = probes.get(i).up() ? i : picked;
        }
        if (!probes.get(picked).up()) {
            picked = 0;
        }
        List<UpstreamStep> steps = unasked();
        for (int i = 0; i < probes.size(); i++) {
            UpstreamStep known = steps.get(i);
            steps.set(i, probes.get(i).step(known.url(), known.picked(), known.why(), known.head()));
        }
        return steps;
    }

    /** Which one a first request goes to. */
    int picked() {
        return picked;
    }

    /** Whether the one that is picked answers. */
    boolean usable() {
        return probes.get(picked).usable();
    }

    /** Why it does not. */
    Optional<String> problem() {
        if (usable()) {
            return Optional.empty();
        }
        if (all.stream().anyMatch(this::itself)) {
            return Optional.of("508: the target is the gateway itself; name the port of the service behind it");
        }
        return Optional.of("502: "
                + probes.get(picked)
                        .problem()
                        .orElse("no upstream takes connections; start it, or correct the target"));
    }

    private boolean itself(Target.Upstream upstream) {
        return configuration.listen().stream().anyMatch(listen -> PortRules.reaches(upstream.address(), listen));
    }

    private String why(int index) {
        if (all.size() == 1) {
            return all.get(0).address() instanceof LoopbackPort
                    ? "the only one; of 127.0.0.1 and [::1] the one that answers, the one that did last first"
                    : "the only one";
        }
        if (index < picked) {
            return "passed over, since it takes no connections";
        }
        if (index > picked) {
            return "its turn comes later";
        }
        return "by turns: each request begins with the next of " + all.size();
    }
}
