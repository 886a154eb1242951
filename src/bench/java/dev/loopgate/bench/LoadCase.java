package dev.loopgate.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A load on a proxy that has run for a while.
 *
 * @param cost CPU per unit of the load
 * @param others what else is told
 * @param variant what the proxies are to serve besides
 * @param filter which proxies can do it
 */
record LoadCase(
        String name,
        String title,
        Load load,
        Measure cost,
        List<Measure> others,
        UnaryOperator<Site> variant,
        Predicate<Peer> filter)
        implements Case {

    @Override
    public boolean takes(Peer peer) {
        return filter.test(peer);
    }

    @Override
    public boolean fresh() {
        return false;
    }

    @Override
    public Site site(Site plain) {
        return variant.apply(plain);
    }

    @Override
    public void warmUp(RunningPeer peer, Settings settings) throws IOException {
        load.warmUp().run(peer, settings.warmUp(peer.peer()));
    }

    @Override
    public List<Reading> measure(RunningPeer peer, Settings settings) throws IOException {
        ProcessCosts before = peer.costs();
        Load.Outcome outcome = load.run(peer, settings.span());
        ProcessCosts after = peer.costs();
        double cpu = after.cpuSeconds() - before.cpuSeconds();
        double scale = cost.unit().equals("µs") ? 1e6 : 1;
        return Stream.concat(
                        Stream.of(new Reading(cost, cpu * scale / outcome.units())),
                        others.stream().map(measure -> new Reading(measure, value(measure, outcome, after))))
                .toList();
    }

    private static double value(Measure measure, Load.Outcome outcome, ProcessCosts costs) {
        if (measure.equals(Measure.P50)) {
            return outcome.latencies().millis(0.50);
        }
        if (measure.equals(Measure.P99)) {
            return outcome.latencies().millis(0.99);
        }
        if (measure.equals(Measure.RSS)) {
            return costs.mebibytes();
        }
        if (measure.equals(Measure.ERRORS) || measure.equals(Measure.LOST)) {
            return outcome.failed();
        }
        return outcome.units() / outcome.seconds();
    }
}
