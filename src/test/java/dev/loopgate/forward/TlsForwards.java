package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.port;
import static dev.loopgate.forward.ForwardFixture.rule;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Security;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Forwards that end or begin TLS, with an echo behind them, and clients that trust their authority. */
final class TlsForwards implements AfterEachCallback {

    static final Tls TLS = withAuthority();

    static final Security ENDS = new Security(new TlsSettings.Auto(), true);

    /** With a host of a domain that an authority has to be made for. */
    static final Configuration SITES = Sites.of(Sites.proxy("app.example.com", 1));

    final ForwardFixture fixture = new ForwardFixture(TLS.termination());
    final TcpPeer echo = TcpPeer.start(TcpForwardTest::echo);

    /** Targets are trusted as it was when the rule came into force. */
    private static Tls withAuthority() {
        Tls tls = Tls.inNewFolder();
        try {
            tls.folder().certificateOrNew(Set.of("app.example.com"), Instant.now());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return tls;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        fixture.close();
        echo.close();
    }

    /** With a configuration in force that has this rule. */
    TcpForward open(Forward.Tcp rule) {
        fixture.tls.prepare(SITES.with(SITES.hosts(), List.of(rule))).run();
        return fixture.open(rule);
    }

    TcpForward ending(int port) {
        return open(rule(new LoopbackPort(port)).with(ENDS));
    }

    TcpForward beginning(boolean verify, int... ports) {
        UpstreamAddress[] targets = new UpstreamAddress[ports.length];
        for (int i = 0; i < ports.length; i++) {
            targets[i] = new UpstreamAddress.Tls(new LoopbackPort(ports[i]));
        }
        return open(rule(targets).with(new Security(new TlsSettings.Off(), verify)));
    }

    static Wire secure(TcpForward forward) throws IOException {
        return new Wire(Tls.connect(TLS.trusting(), port(forward), "localhost"));
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    static void gone(TcpForward forward) {
        Eventually.until("it is gone", () -> forward.status().connections() == 0);
    }
}
