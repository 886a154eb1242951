package dev.loopgate.doctor;

import dev.loopgate.diagnose.Probe.Attempt;
import dev.loopgate.diagnose.Probe.Outcome;
import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.diagnose.Speech;
import dev.loopgate.diagnose.TlsSession;
import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether a port takes connections and speaks what its client expects.
 *
 * @param host that the client asks for, without brackets
 * @param addresses of the host; empty where it has none, and then nothing is said
 * @param any whether one address that takes connections is enough
 * @param scheme {@code http} or {@code https}; empty where the client may be any
 */
record ServiceCheck(
        String host,
        Supplier<List<InetAddress>> addresses,
        int port,
        boolean any,
        Optional<String> scheme,
        Connecting connecting)
        implements Check {

    @Override
    public String name() {
        return "connection";
    }

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        List<Attempt> attempts = connecting.attempts(addresses.get(), port);
        List<Attempt> open = attempts.stream()
                .filter(attempt -> attempt.outcome() == Outcome.CONNECTED)
                .toList();
        for (Attempt attempt : attempts) {
            if (attempt.outcome() != Outcome.CONNECTED) {
                Finding reason = connecting.reason(name(), attempt, port, elsewhere -> led(attempt, elsewhere));
                // Clients try the next address at once where one refuses, but wait where one does not answer.
                if (!any || open.isEmpty()) {
                    findings.add(reason);
                } else if (attempt.outcome() != Outcome.REFUSED) {
                    findings.add(new Finding(name(), Finding.Status.WARN, reason.evidence(), reason.fix()));
                }
            }
        }
        if (attempts.size() > 1 && open.isEmpty() && any) {
            // The same of both families is said once.
            findings.subList(1, findings.size())
                    .removeIf(each -> each.fix().equals(findings.get(0).fix()));
        }
        if (!open.isEmpty()) {
            InetSocketAddress socket = new InetSocketAddress(open.get(0).address(), port);
            findings.add(connecting
                    .speech(socket, host, Speech.Wanted.by(scheme.orElse("")))
                    .map(speech -> said(socket, speech))
                    .orElseGet(
                            () -> Finding.warn(name(), Addresses.text(socket) + " takes connections and ends them")));
        }
        return findings;
    }

    /** Another URL where one is asked for, a forward to it for all who come otherwise, or from elsewhere. */
    private String led(Attempt attempt, InetSocketAddress elsewhere) {
        String to = Addresses.text(elsewhere);
        return scheme.isPresent() && attempt.address().isLoopbackAddress()
                ? scheme.get() + "://" + to + "/"
                : YamlLine.forward(Addresses.text(new InetSocketAddress(attempt.address(), port)), to);
    }

    private Finding said(InetSocketAddress socket, Speech speech) {
        String where = Addresses.text(socket);
        boolean secure = scheme.equals(Optional.of("https"));
        boolean plain = scheme.equals(Optional.of("http"));
        if (speech instanceof Speech.Tls tls) {
            return plain
                    ? Finding.fail(name(), where + " speaks TLS, and the URL is one of plain HTTP")
                            .fix("https://" + authority() + "/")
                    : secured(where, tls.session());
        }
        if (speech instanceof Speech.TlsRefused refused) {
            return Finding.fail(
                    name(),
                    where + " speaks TLS, but refuses the handshake: " + refused.why()
                            + (refused.why().equals("unrecognized_name")
                                    ? ", for it has nobody of the name " + host + " to show"
                                    : ""));
        }
        if (speech instanceof Speech.Http http) {
            return secure
                    ? Finding.fail(name(), where + " speaks plain HTTP, and the URL asks for TLS")
                            .fix("http://" + authority() + "/")
                    : Finding.ok(
                            name(),
                            where + " answers " + http.status()
                                    + http.server()
                                            .map(server -> ", from " + server)
                                            .orElse(""));
        }
        if (speech instanceof Speech.H2c) {
            String text = where + " speaks HTTP/2 without TLS, and not HTTP/1";
            return secure ? Finding.fail(name(), text + ", and the URL asks for TLS") : Finding.ok(name(), text);
        }
        if (speech instanceof Speech.Banner banner) {
            String text = where + " says \"" + banner.line() + "\"";
            return scheme.isPresent() ? Finding.fail(name(), text + ", which is not HTTP") : Finding.ok(name(), text);
        }
        Speech.Silent silent = (Speech.Silent) speech;
        String text = where + " takes connections"
                + silent.service().map(service -> ", as " + service + " does").orElse("")
                + (silent.asked() ? ", and has no answer to a request" : "");
        return silent.asked() && (scheme.isPresent() || silent.service().isEmpty())
                ? Finding.warn(name(), text)
                : Finding.ok(name(), text);
    }

    private Finding secured(String where, TlsSession session) {
        if (session.fault().isEmpty()) {
            String certificate = session.version() + ", with a certificate that is good until " + session.expires()
                    + " and " + session.trustedText();
            if (session.http().isPresent()) {
                return Finding.ok(
                        name(), where + " answers " + session.http().get().status() + " over " + certificate);
            }
            String text = where + " speaks " + certificate;
            return scheme.isPresent()
                    ? Finding.warn(name(), text + ", but has no answer to a request")
                    : Finding.ok(name(), text);
        }
        String fault = session.fault().get();
        String text = where + " speaks TLS, but " + fault;
        // Browsers may have lists of their own, with who is on none of those that are looked at.
        boolean distrust = fault.contains("signed by");
        Finding finding = distrust ? Finding.warn(name(), text) : Finding.fail(name(), text);
        if (fault.contains("the clock")) {
            return finding.fix("sudo timedatectl set-ntp true");
        }
        return finding.fix(ShellCommand.of("openssl", "s_client", "-connect", where, "-servername", host)
                + " </dev/null | openssl x509 -noout -subject -issuer -dates");
    }

    private String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
