package dev.loopgate.explain;

import dev.loopgate.diagnose.UpstreamDiagnosis;
import dev.loopgate.explain.Explanation.ListenerState;
import dev.loopgate.explain.Explanation.ListenerStep;
import dev.loopgate.explain.Explanation.Running;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import java.util.List;
import java.util.Optional;

/** Where requests arrive, by the file and by the gateway that runs it. */
record Listeners(Configuration configuration, UpstreamDiagnosis diagnosis) {

    /** @param asked the port of the URL; empty for the gateway's own */
    ListenerStep of(String asked, Optional<Running> running) {
        int port = asked.isEmpty() ? configuration.listen().get(0).port() : Integer.parseInt(asked);
        List<String> configured = configuration.listen().stream()
                .filter(listen -> listen.port() == port)
                .map(BindAddress::toString)
                .toList();
        if (configured.isEmpty()) {
            List<String> others =
                    configuration.listen().stream().map(BindAddress::toString).toList();
            return new ListenerStep(
                    List.of(),
                    ListenerState.NOT_CONFIGURED,
                    "the gateway does not listen on port " + port + ", but on " + String.join(", ", others),
                    running.map(Running::pid).orElse(0L));
        }
        if (running.isPresent()) {
            return running(port, running.get());
        }
        String where = String.join(", ", configured);
        return diagnosis
                .whoListens(new LoopbackPort(port))
                .map(who -> new ListenerStep(
                        configured,
                        ListenerState.TAKEN,
                        where + ", but no gateway runs this file, and " + who + " has the port",
                        0))
                .orElseGet(() -> new ListenerStep(
                        configured, ListenerState.NOT_RUNNING, where + ", though no gateway runs this file now", 0));
    }

    private static ListenerStep running(int port, Running gateway) {
        List<String> open = gateway.listeners().stream()
                .filter(address -> address.endsWith(":" + port))
                .toList();
        String who = "the gateway with pid " + gateway.pid();
        return open.isEmpty()
                ? new ListenerStep(
                        List.of(),
                        ListenerState.ELSEWHERE,
                        who + " does not listen on port " + port + ", but on " + String.join(", ", gateway.listeners()),
                        gateway.pid())
                : new ListenerStep(
                        open, ListenerState.LISTENING, String.join(" and ", open) + ", of " + who, gateway.pid());
    }
}
