package dev.loopgate.doctor;

import dev.loopgate.diagnose.Probe.Attempt;
import dev.loopgate.diagnose.Probe.Outcome;
import dev.loopgate.diagnose.Speech;
import dev.loopgate.diagnose.UnixListener;
import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.model.Target.Security;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.HostPort;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.model.UpstreamAddress.UnixSocket;
import dev.loopgate.net.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * Whether an upstream answers what the gateway sends it.
 *
 * @param route what leads to it, such as {@code app.localhost/api}
 * @param key under which the file has its target
 * @param host the Host field that it gets, with a port where it has one; empty where it is not asked over plain HTTP/1.1
 * @param security how the gateway speaks to it
 * @param down what it means where it takes no connections: a dev server may just not have been started
 */
record TargetCheck(
        String route,
        String key,
        UpstreamAddress address,
        String host,
        Security security,
        String path,
        Status down,
        Connecting connecting)
        implements Check {

    @Override
    public String name() {
        return "upstream";
    }

    @Override
    public List<Finding> look() {
        if (address instanceof UnixSocket socket) {
            UnixListener listener = UnixListener.look(socket.path());
            Status status = listener.up() ? Status.OK : down;
            return List.of(new Finding(name(), status, about(listener.text()), Optional.empty()));
        }
        List<InetAddress> addresses;
        int port;
        if (address instanceof HostPort named) {
            port = named.port();
            try {
                addresses = List.of(InetAddress.getAllByName(named.host()));
            } catch (UnknownHostException unknown) {
                return List.of(
                        Finding.fail(name(), about("the name " + named.host() + " of its target cannot be resolved")));
            }
        } else {
            port = ((LoopbackPort) address).port();
            addresses = List.of(Addresses.LOOPBACK4, Addresses.LOOPBACK6);
        }
        List<Attempt> attempts = connecting.attempts(addresses, port);
        Optional<Attempt> open = attempts.stream()
                .filter(attempt -> attempt.outcome() == Outcome.CONNECTED)
                .findFirst();
        if (open.isEmpty()) {
            // The loopback's other family adds nothing to what is said of the first.
            Attempt telling = attempts.stream()
                    .filter(attempt -> attempt.outcome() != Outcome.REFUSED)
                    .findFirst()
                    .orElse(attempts.get(0));
            Finding reason = connecting.reason(name(), telling, port, this::line);
            return List.of(new Finding(name(), down, about(reason.evidence()), reason.fix()));
        }
        InetSocketAddress socket = new InetSocketAddress(open.get().address(), port);
        if (security != Security.PLAIN) {
            return List.of(secured(socket));
        }
        return host.isEmpty()
                ? List.of(Finding.ok(name(), about(Addresses.text(socket) + " takes connections")))
                : speech(socket);
    }

    private Finding secured(InetSocketAddress socket) {
        String where = Addresses.text(socket);
        String name = address instanceof HostPort named ? named.host() : "localhost";
        Speech speech = said(socket, name, Speech.Wanted.TLS);
        if (speech instanceof Speech.Tls secure) {
            String version = where + " speaks " + secure.session().version();
            Optional<String> fault = secure.session().fault();
            if (fault.isEmpty() || security == Security.UNVERIFIED) {
                return Finding.ok(
                        name(),
                        about(version + fault.map(some -> ", though " + some).orElse("")));
            }
            return Finding.fail(
                            name(),
                            about(version + ", but " + fault.get()
                                    + "; have that trusted, or take whoever answers, on its route in loopgate.yaml"))
                    .fix("verify: false");
        }
        if (speech instanceof Speech.TlsRefused refused) {
            return Finding.fail(name(), about(where + " speaks TLS, but refuses the handshake: " + refused.why()));
        }
        if (speech instanceof Speech.Http || speech instanceof Speech.H2c) {
            String scheme = speech instanceof Speech.H2c ? "h2c://" : "http://";
            return Finding.fail(
                            name(),
                            about(where + " speaks no TLS, and its target asks for it; on its route in loopgate.yaml"))
                    .fix(YamlLine.of(key, scheme + address));
        }
        return Finding.fail(name(), about(where + " takes connections, but does not answer to TLS"));
    }

    private List<Finding> speech(InetSocketAddress socket) {
        Optional<Page> page = Page.get(socket, host, path, "", connecting.limit());
        if (page.isPresent() && (HostRefusal.of(page.get(), hostName()).isPresent() || !refusesPlain(page.get()))) {
            return List.of(answered(socket, page.get()));
        }
        String where = Addresses.text(socket);
        Speech speech = said(socket, hostName(), Speech.Wanted.ANY);
        if (speech instanceof Speech.Tls || speech instanceof Speech.TlsRefused) {
            return List.of(Finding.fail(
                            name(),
                            about(where + " speaks TLS, and its target is plain HTTP; to pass TLS through as it is"))
                    .fix(passed(socket.getPort())));
        }
        if (speech instanceof Speech.Banner banner) {
            return List.of(Finding.fail(name(), about(where + " is no HTTP server: it says \"" + banner.line() + "\""))
                    .fix(passed(socket.getPort())));
        }
        if (speech instanceof Speech.H2c) {
            return List.of(Finding.fail(
                            name(),
                            about(where
                                    + " speaks HTTP/2 without TLS only, and its target asks by HTTP/1.1; on its route"
                                    + " in loopgate.yaml"))
                    .fix(YamlLine.of(key, "h2c://" + where)));
        }
        if (speech instanceof Speech.Http http) {
            return List.of(
                    Finding.warn(name(), about(where + " answers " + http.status() + ", but was slow at first")));
        }
        return List.of(Finding.warn(
                name(),
                about(where + " takes connections, but has no answer to a request within "
                        + connecting.limit().toMillis() + " ms")));
    }

    private Speech said(InetSocketAddress socket, String name, Speech.Wanted wanted) {
        return connecting.speech(socket, name, wanted).orElse(new Speech.Silent(Optional.empty(), true, true));
    }

    private Finding answered(InetSocketAddress socket, Page page) {
        String text = Addresses.text(socket) + " answers " + page.status();
        Optional<HostRefusal> refusal = HostRefusal.of(page, hostName());
        if (refusal.isEmpty() && page.says("X-Powered-By: Next.js")) {
            refusal = Page.get(socket, host, "/_next/loopgate", "Origin: http://" + host + "\r\n", connecting.limit())
                    .flatMap(script -> HostRefusal.ofNext(script, hostName()));
        }
        if (refusal.isPresent()) {
            HostRefusal found = refusal.get();
            return Finding.fail(
                            name(),
                            about(found.server() + " on " + Addresses.text(socket) + " refuses the name " + hostName()
                                    + "; to allow it, in its " + found.place()))
                    .fix(found.setting());
        }
        if (List.of(400, 403, 404, 421).contains(page.status()) && !hostName().equals("localhost")) {
            Optional<Page> local = Page.get(socket, "localhost:" + socket.getPort(), path, "", connecting.limit())
                    .filter(other -> other.status() < 400);
            if (local.isPresent()) {
                return Finding.warn(
                                name(),
                                about(text + " to the name " + hostName() + ", and "
                                        + local.get().status() + " to localhost; on its route in loopgate.yaml"))
                        .fix("host: rewrite");
            }
        }
        return page.status() >= 500 ? Finding.warn(name(), about(text)) : Finding.ok(name(), about(text));
    }

    /** What servers say to plain requests on a port for TLS. */
    private static boolean refusesPlain(Page page) {
        return page.status() == 400
                && page.body().toLowerCase(java.util.Locale.ROOT).matches("(?s).*(https|tls|ssl).*");
    }

    /** Of the file, with another target. */
    private String line(InetSocketAddress target) {
        String scheme = security != Security.PLAIN ? "https://" : host.isEmpty() ? "" : "http://";
        return YamlLine.of(key, scheme + Addresses.text(target));
    }

    /** By a forward, from another port that reads like it. */
    private static String passed(int port) {
        int free = port <= 55535 ? port + 10_000 : port - 10_000;
        return YamlLine.forward(Integer.toString(free), Integer.toString(port));
    }

    private String about(String sentence) {
        return route + ": " + sentence;
    }

    /** Without its port. */
    private String hostName() {
        return host.replaceFirst(":\\d+$", "");
    }
}
