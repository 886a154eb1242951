package dev.loopgate.diagnose;

import dev.loopgate.diagnose.Speech.Banner;
import dev.loopgate.diagnose.Speech.H2c;
import dev.loopgate.diagnose.Speech.Http;
import dev.loopgate.diagnose.Speech.Silent;
import dev.loopgate.diagnose.Speech.Tls;
import dev.loopgate.diagnose.Speech.Wanted;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.tls.TrustLists;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what is spoken at an address: listens for a banner, asks for a page, tries TLS, in the order that disturbs
 * least, and with one connection where that is enough: some services take no second one.
 */
final class SpeechProbe {

    /** How long a service on this machine may take to speak first; a banner that is late is still seen for what it is. */
    private static final Duration NEAR = Duration.ofMillis(120);

    private static final Duration FAR = Duration.ofMillis(500);

    private static final Set<String> SPEAK_FIRST =
            Set.of("ssh", "ftp", "smtp", "submission", "pop3", "imap", "imap2", "mysql", "nntp", "vnc");

    /** Where TLS is what is spoken first. */
    private static final Set<Integer> USUALLY_TLS =
            Set.of(443, 465, 636, 853, 990, 993, 995, 5671, 6443, 6697, 8443, 8883, 9443);

    private final InetSocketAddress address;
    private final String host;
    private final Wanted wanted;
    private final TrustLists lists;
    private final Duration limit;
    private final Optional<String> service;

    SpeechProbe(InetSocketAddress address, String host, Wanted wanted, TrustLists lists, Duration limit) {
        this.address = address;
        this.host = host;
        this.wanted = wanted;
        this.lists = lists;
        this.limit = limit;
        this.service = new ServiceNames().of(Protocol.TCP, address.getPort());
    }

    Optional<Speech> ask() {
        Socket connection = new Socket();
        try {
            connection.connect(address, millis(limit));
        } catch (IOException none) {
            return Optional.empty();
        }
        return Optional.of(ask(connection));
    }

    /** Closes the connection. */
    Speech ask(Socket connection) {
        try (connection) {
            if (wanted == Wanted.TLS || (wanted == Wanted.ANY && USUALLY_TLS.contains(address.getPort()))) {
                return tlsFirst(connection);
            }
            Speech told = plain(connection).orElseGet(() -> new Silent(service, false, true));
            return wantsTls(told)
                    ? tlsInTwo().filter(within -> outweighs(within, told)).orElse(told)
                    : told;
        } catch (IOException gone) {
            return new Silent(service, true, true);
        }
    }

    /**
     * One that does not understand TLS may as well wait for more of it, so that who is late is asked plainly; but a late one
     * may also have had to load what its first handshake takes, so that it is asked once more.
     */
    private Speech tlsFirst(Socket connection) {
        Optional<Speech> within = Optional.empty();
        boolean late = false;
        try {
            within = tls(connection);
        } catch (SocketTimeoutException slow) {
            late = true;
        } catch (IOException none) {
            // Then it is not TLS.
        }
        if (within.filter(this::isSettled).isPresent()) {
            return within.get();
        }
        Speech told = connected(this::plain).orElseGet(() -> new Silent(service, true, true));
        boolean hangs = told instanceof Silent silent && !silent.closed();
        if (late && !hangs) {
            within = connected(this::tls);
        }
        return within.filter(each -> isSettled(each) || !(told instanceof Http http) || isBadRequest(http))
                .orElse(told);
    }

    /** A refusal may be one of the name alone, which is served plainly then. */
    private boolean isSettled(Speech within) {
        return within instanceof Tls || wanted == Wanted.TLS;
    }

    /** Where both are spoken, a 400 may be that of the page: then it is as the client means it. */
    private boolean outweighs(Speech within, Speech told) {
        if (!(told instanceof Http)) {
            return true;
        }
        return within instanceof Tls tls
                && (wanted != Wanted.PLAIN
                        || tls.session()
                                .http()
                                .filter(SpeechProbe::isBadRequest)
                                .isEmpty());
    }

    /** Some servers tell who speaks plainly to their TLS port with a 400, others end the connection. */
    private static boolean wantsTls(Speech told) {
        return (told instanceof Silent silent && silent.closed() && silent.asked())
                || (told instanceof Http http && isBadRequest(http));
    }

    private static boolean isBadRequest(Http http) {
        return http.status().contains(" 400");
    }

    private Optional<Speech> plain(Socket connection) throws IOException {
        HttpQuestion question = HttpQuestion.forPage(new Connection.Tcp(connection), host, address.getPort());
        return Optional.of(plain(question, service, address.getAddress().isLoopbackAddress() ? NEAR : FAR, limit));
    }

    /** What somebody of this machine says over a connection, of whom nothing is known. */
    static Speech plain(Connection connection, String authority, Duration limit) throws IOException {
        return plain(new HttpQuestion(connection, "GET /", authority), Optional.empty(), NEAR, limit);
    }

    /** Listens, and asks for a page unless that is out of place. */
    private static Speech plain(HttpQuestion question, Optional<String> service, Duration near, Duration limit)
            throws IOException {
        long start = System.nanoTime();
        boolean speaksFirst = service.map(SPEAK_FIRST::contains).orElse(false);
        Duration wait = speaksFirst || near.compareTo(limit) > 0 ? limit : near;
        try {
            if (question.read(wait)) {
                return question.isHttp2Frame()
                        ? new H2c(Probe.since(start))
                        : new Banner(question.banner(), Probe.since(start));
            }
            return new Silent(service, false, true);
        } catch (SocketTimeoutException silent) {
            if (speaksFirst || service.map(ServiceNames::speaksNoHttp).orElse(false)) {
                return new Silent(service, false, false);
            }
        }
        try {
            return question.ask(limit).orElseGet(() -> new Silent(service, true, true));
        } catch (SocketTimeoutException silent) {
            return new Silent(service, true, false);
        } catch (IOException reset) {
            return new Silent(service, true, true);
        }
    }

    private Optional<Speech> tls(Socket connection) throws IOException {
        return TlsQuestion.ask(connection, address, host, lists, limit);
    }

    /** Over a connection of its own, and another where the first handshake is late. */
    private Optional<Speech> tlsInTwo() {
        try (Socket connection = new Socket()) {
            connection.connect(address, millis(limit));
            return tls(connection);
        } catch (SocketTimeoutException late) {
            return connected(this::tls);
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    private interface Dialogue {
        Optional<Speech> with(Socket connection) throws IOException;
    }

    private Optional<Speech> connected(Dialogue dialogue) {
        try (Socket connection = new Socket()) {
            connection.connect(address, millis(limit));
            return dialogue.with(connection);
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** At least one: 0 is without end. */
    static int millis(Duration limit) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, limit.toMillis()));
    }
}
