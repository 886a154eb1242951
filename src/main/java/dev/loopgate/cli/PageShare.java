package dev.loopgate.cli;

import dev.loopgate.config.ReadResult;
import dev.loopgate.config.ReadSources;
import dev.loopgate.lan.RootPage;
import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.TlsSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A page that is served to the network for a while, by a gateway of its own that has nothing else.
 *
 * @param on where it is found
 * @param time zero: until a signal ends it
 * @param code whether to print a QR code
 */
record PageShare(Surroundings surroundings, BindAddress on, Duration time, boolean code) {

    int run(RootPage page) {
        Configuration served = new Configuration(
                List.of(on),
                List.of(page.host()),
                List.of(),
                List.of(),
                false,
                AccessLogSettings.DEFAULT,
                new TlsSettings.Off());
        String name = "the page with the certificate";
        RunningConfiguration running = new RunningConfiguration(
                Optional.empty(),
                name,
                Optional.empty(),
                new ConfigurationInput(surroundings).reader(),
                ConfigurationView::whole);
        surroundings.terminal().result("SHA-256 fingerprint, to be compared with the page's:");
        page.fingerprint().forEach(row -> surroundings.terminal().result("  " + row));
        surroundings.terminal().result("");
        return new GatewayProcess(surroundings, running)
                .run(
                        new ReadResult.Valid(served, List.of(), new ReadSources(List.of(), List.of())),
                        new SharePresence(surroundings.terminal(), Protocol.TCP, name, time, Optional.empty(), code));
    }
}
