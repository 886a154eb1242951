package dev.loopgate.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What is measured on a proxy of its own. */
sealed interface FreshCase extends Case {

    @Override
    default boolean takes(Peer peer) {
        return !peer.bulkOnly();
    }

    @Override
    default boolean fresh() {
        return true;
    }

    @Override
    default Site site(Site plain) {
        return plain;
    }

    @Override
    default void warmUp(RunningPeer peer, Settings settings) throws IOException, InterruptedException {}

    /** How long a proxy takes to its first proxied answer. */
    record Start() implements FreshCase {
        @Override
        public String name() {
            return "start";
        }

        @Override
        public String title() {
            return "from the command to the first answer";
        }

        @Override
        public List<Reading> measure(RunningPeer peer, Settings settings) throws IOException {
            return List.of(
                    new Reading(Measure.START, peer.startMillis()),
                    new Reading(Measure.RSS, peer.costs().mebibytes()));
        }
    }

    /** What connections cost that are kept and say nothing. */
    record Idle(int connections) implements FreshCase {
        @Override
        public String name() {
            return "idle";
        }

        @Override
        public String title() {
            return connections + " idle keep-alive connections";
        }

        @Override
        public void warmUp(RunningPeer peer, Settings settings) throws IOException, InterruptedException {
            new ClosedLoop(Workload.get(64, 1024, Site.HOST), false, false).run(peer, settings.warmUp(peer.peer()));
            // What it gives back by itself is not the connections'.
            TimeUnit.SECONDS.sleep(2);
        }

        @Override
        public List<Reading> measure(RunningPeer peer, Settings settings) throws IOException, InterruptedException {
            ProcessCosts before = peer.costs();
            try (IdleClients clients = IdleClients.open(peer.http(), connections)) {
                TimeUnit.SECONDS.sleep(2);
                ProcessCosts open = peer.costs();
                TimeUnit.MILLISECONDS.sleep(settings.span().toMillis());
                ProcessCosts later = peer.costs();
                double seconds = settings.span().toMillis() / 1000.0;
                return List.of(
                        new Reading(
                                Measure.PER_IDLE,
                                Math.max(0, open.rssBytes() - before.rssBytes()) / 1024.0 / clients.count()),
                        new Reading(Measure.IDLE_CPU, (later.cpuSeconds() - open.cpuSeconds()) * 1000 / seconds));
            }
        }
    }

    /** A host more among many, under load. */
    record Reload(int hosts) implements FreshCase {
        private static final int RATE = 1000;
        private static final int ASKED_FOR = 100;

        @Override
        public String name() {
            return "reload";
        }

        @Override
        public String title() {
            return "one more host than " + hosts + ", at " + RATE + " requests per second";
        }

        @Override
        public Site site(Site plain) {
            return plain.with(names(hosts));
        }

        @Override
        public void warmUp(RunningPeer peer, Settings settings) throws IOException {
            load().warmUp().run(peer, settings.warmUp(peer.peer()));
        }

        @Override
        public List<Reading> measure(RunningPeer peer, Settings settings) throws IOException, InterruptedException {
            BackgroundLoad load =
                    BackgroundLoad.start(load(), peer, settings.span().multipliedBy(2));
            TimeUnit.MILLISECONDS.sleep(settings.span().toMillis() / 2);
            String added = "added.localhost";
            long written = peer.change(names(hosts), added);
            double delay = peer.millisUntilAnswer(added, written);
            Load.Outcome outcome = load.await();
            return List.of(
                    new Reading(Measure.NEW_ROUTE, delay),
                    new Reading(Measure.ERRORS, outcome.failed()),
                    new Reading(Measure.CLOSED, outcome.closed()),
                    new Reading(Measure.P99, outcome.latencies().millis(0.99)));
        }

        private static Load load() {
            return new OpenLoop(Workload.get(32, 1024, names(ASKED_FOR).toArray(String[]::new)), RATE);
        }

        private static List<String> names(int count) {
            return IntStream.range(0, count)
                    .mapToObj(i -> i == 0 ? Site.HOST : "host-" + i + ".localhost")
                    .toList();
        }
    }
}
