package dev.loopgate.cli;

import dev.loopgate.diagnose.Probe;
import dev.loopgate.diagnose.Probe.Attempt;
import dev.loopgate.diagnose.Speech;
import dev.loopgate.diagnose.Speech.Banner;
import dev.loopgate.diagnose.Speech.H2c;
import dev.loopgate.diagnose.Speech.Http;
import dev.loopgate.diagnose.Speech.Silent;
import dev.loopgate.diagnose.Speech.Tls;
import dev.loopgate.diagnose.Speech.TlsRefused;
import dev.loopgate.diagnose.TlsSession;
import dev.loopgate.diagnose.UnixListener;
import dev.loopgate.net.Addresses;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What a probe found, as docs/commands.md has it. */
final class ProbeJson {

    private ProbeJson() {}

    static JsonObject of(Probe probe) {
        JsonObject json = new JsonObject()
                .put("host", probe.host())
                .put("port", probe.port())
                .put("connected", probe.connected())
                .put("lookupMillis", millis(probe.lookup()))
                .put(
                        "attempts",
                        new JsonArray(
                                probe.attempts().stream().map(ProbeJson::of).toList()));
        probe.speech().ifPresent(speech -> json.put("speech", of(speech)));
        return json;
    }

    static JsonObject of(UnixListener listener, Optional<Speech> speech) {
        JsonObject json = new JsonObject()
                .put("path", listener.path())
                .put("connected", listener.up())
                .put("text", listener.text());
        speech.ifPresent(said -> json.put("speech", of(said)));
        return json;
    }

    private static JsonObject of(Attempt attempt) {
        JsonObject json = new JsonObject()
                .put("address", Addresses.text(attempt.address()))
                .put("family", attempt.address().getAddress().length == 4 ? "ipv4" : "ipv6")
                .put(
                        "outcome",
                        attempt.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("millis", millis(attempt.took()));
        return attempt.detail().isEmpty() ? json : json.put("detail", attempt.detail());
    }

    private static JsonObject of(Speech speech) {
        if (speech instanceof Banner banner) {
            return kind("banner").put("line", banner.line()).put("millis", millis(banner.took()));
        }
        if (speech instanceof Http http) {
            return put(http, kind("http"));
        }
        if (speech instanceof H2c h2c) {
            return kind("h2c").put("millis", millis(h2c.took()));
        }
        if (speech instanceof TlsRefused refused) {
            return kind("tls-refused").put("why", refused.why()).put("millis", millis(refused.took()));
        }
        if (speech instanceof Tls tls) {
            return of(tls.session());
        }
        Silent silent = (Silent) speech;
        JsonObject json = kind("silent").put("asked", silent.asked()).put("closed", silent.closed());
        silent.service().ifPresent(service -> json.put("service", service));
        return json;
    }

    private static JsonObject of(TlsSession session) {
        JsonObject json = kind("tls")
                .put("version", session.version())
                .put("cipher", session.cipher())
                .put("subject", session.subject())
                .put("issuer", session.issuer())
                .put("names", new JsonArray(session.names()))
                .put("expires", session.expires().toString())
                .put("trusted", session.fault().isEmpty())
                .put(
                        "trustedBy",
                        new JsonArray(session.trustedBy().stream()
                                .map(whose -> whose.name().toLowerCase(Locale.ROOT))
                                .toList()))
                .put("millis", millis(session.took()));
        if (!session.application().isEmpty()) {
            json.put("alpn", session.application());
        }
        session.fault().ifPresent(fault -> json.put("fault", fault));
        session.http().ifPresent(http -> json.put("http", put(http, new JsonObject())));
        return json;
    }

    private static JsonObject put(Http http, JsonObject json) {
        json.put("status", http.status()).put("millis", millis(http.took()));
        http.server().ifPresent(server -> json.put("server", server));
        http.location().ifPresent(location -> json.put("location", location));
        return json;
    }

    private static JsonObject kind(String kind) {
        return new JsonObject().put("kind", kind);
    }

    /** With one decimal: on one machine most steps take less than one of them. */
    private static double millis(Duration time) {
        return Math.round(time.toNanos() / 1e5) / 10.0;
    }
}
