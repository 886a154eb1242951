package dev.loopgate.cli;

import dev.loopgate.diagnose.NameOrigin;
import dev.loopgate.diagnose.Probe;
import dev.loopgate.diagnose.Probe.Attempt;
import dev.loopgate.diagnose.Probe.Outcome;
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
import dev.loopgate.net.Printable;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a probe found, in words. */
final class ProbeView {

    private final Style style;
    private final Duration limit;

    /** @param limit that each step had */
    ProbeView(Style style, Duration limit) {
        this.style = style;
        this.limit = limit;
    }

    List<String> lines(HostAndPort target, Probe probe) {
        List<String> lines = new ArrayList<>();
        lines.add(style.bold(target.toString()) + resolution(probe));
        Columns columns = new Columns();
        for (Attempt attempt : probe.attempts()) {
            String address = "  " + Addresses.text(new InetSocketAddress(attempt.address(), probe.port()));
            columns.add(address, address, "   " + words(attempt));
        }
        lines.addAll(columns.lines());
        probe.speech().ifPresent(speech -> {
            if (target.wanted() == Speech.Wanted.TLS && !(speech instanceof Tls || speech instanceof TlsRefused)) {
                lines.add(style.red("It does not speak TLS") + ", which the URL asks for.");
            }
            speech(speech, lines);
        });
        return lines;
    }

    List<String> lines(UnixListener listener, Optional<Speech> speech) {
        List<String> lines = new ArrayList<>();
        String text = Printable.of(listener.text());
        lines.add(listener.up() ? style.green(text) : style.red(text));
        speech.ifPresent(said -> speech(said, lines));
        return lines;
    }

    private static String resolution(Probe probe) {
        if (NameOrigin.isAddress(probe.host())) {
            return "";
        }
        int count = probe.attempts().size();
        return count == 0
                ? ": the name leads to no address (" + time(probe.lookup()) + ")"
                : ": " + count + (count == 1 ? " address" : " addresses") + ", found in " + time(probe.lookup());
    }

    private String words(Attempt attempt) {
        String words = switch (attempt.outcome()) {
            case CONNECTED -> style.green("takes connections");
            case REFUSED -> style.red("refused") + ", nothing listens there";
            case TIMED_OUT -> style.red("no answer") + ", nobody is there or a firewall drops what comes";
            case UNREACHABLE -> style.red("unreachable") + ", no network leads there";
            case FAILED -> style.red("failed") + ", " + attempt.detail();
        };
        return words + " (" + time(attempt.took()) + ")";
    }

    private void speech(Speech speech, List<String> lines) {
        if (speech instanceof Banner banner) {
            lines.add(
                    banner.line().startsWith("GET / HTTP/1")
                            ? "It is an echo: what it is sent comes back (" + time(banner.took()) + ")."
                            : "It says: " + banner.line() + " (" + time(banner.took()) + ")");
        } else if (speech instanceof Http http) {
            lines.add("It speaks HTTP: " + answer(http));
        } else if (speech instanceof H2c h2c) {
            lines.add("It speaks HTTP/2 without TLS, as a target: h2c://… (" + time(h2c.took()) + ")");
        } else if (speech instanceof Tls tls) {
            tls(tls.session(), lines);
        } else if (speech instanceof TlsRefused refused) {
            lines.add("It speaks TLS, but refuses us: " + refused.why() + " (" + time(refused.took()) + ")");
        } else if (speech instanceof Silent silent) {
            lines.add(silence(silent));
        }
    }

    private String silence(Silent silent) {
        String usual = silent.service()
                .map(service -> "; what usually listens there is " + service)
                .orElse("");
        if (silent.closed()) {
            return "It takes connections and ends them without a word" + usual + ".";
        }
        return silent.asked()
                ? "It takes connections and says nothing, a request of HTTP had no answer in " + time(limit) + usual
                        + "."
                : "It takes connections and waits for its client to speak" + usual + ".";
    }

    private void tls(TlsSession session, List<String> lines) {
        lines.add("It speaks TLS: " + session.version() + ", " + session.cipher()
                + (session.application().isEmpty() ? ", no ALPN" : ", ALPN " + session.application()) + " ("
                + time(session.took()) + ")");
        lines.add("  certificate for "
                + (session.names().isEmpty() ? session.subject() : String.join(", ", session.names())));
        lines.add("  signed by " + (session.issuer().equals(session.subject()) ? "itself" : session.issuer()));
        lines.add("  expires " + session.expires().atZone(ZoneOffset.UTC).toLocalDate() + ", "
                + left(Duration.between(Instant.now(), session.expires())));
        lines.add(session.fault()
                .map(fault -> "  " + style.red("not trusted") + ": " + fault)
                .orElse("  " + style.green(session.trustedText())));
        session.http().ifPresent(http -> lines.add("  within it HTTP: " + answer(http)));
    }

    private static String left(Duration left) {
        long days = Math.abs(left.toDays());
        String count = days == 1 ? "1 day" : days + " days";
        return left.isNegative() ? count + " ago" : "in " + count;
    }

    private static String answer(Http http) {
        return http.status()
                + http.location().map(to -> ", leads to " + to).orElse("")
                + http.server().map(name -> ", from " + name).orElse("")
                + " (" + time(http.took()) + ")";
    }

    /** What to do where nothing answers, or only half of it; empty where all is well. */
    static List<String> advice(HostAndPort target, Probe probe) {
        List<Attempt> refused = probe.attempts().stream()
                .filter(attempt -> attempt.outcome() == Outcome.REFUSED)
                .toList();
        if (!probe.connected()) {
            return List.of("for the reason: loopgate doctor " + target);
        }
        List<Attempt> connected = probe.attempts().stream()
                .filter(attempt -> attempt.outcome() == Outcome.CONNECTED)
                .toList();
        if (refused.isEmpty() || connected.stream().anyMatch(each -> family(each) == family(refused.get(0)))) {
            return List.of();
        }
        return List.of("it listens on IPv" + family(connected.get(0)) + " only: a client that tries "
                + Addresses.text(refused.get(0).address()) + " alone is refused");
    }

    private static int family(Attempt attempt) {
        return attempt.address().getAddress().length == 4 ? 4 : 6;
    }

    static String time(Duration time) {
        double millis = time.toNanos() / 1e6;
        if (millis >= 1000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000);
        }
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }
}
