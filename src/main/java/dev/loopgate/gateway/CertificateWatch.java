package dev.loopgate.gateway;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.Credential;
import dev.loopgate.model.Forward;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.tls.GivenCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Certificates that end while the gateway runs: told once a day, and to the status at any time. The file's reader tells of
 * those that it reads by itself. Any thread.
 */
final class CertificateWatch {

    /** From how long before the end on. */
    static final Duration SOON = Duration.ofDays(14);

    /** Until the first look at the authority: a start has other things to do, and the status looks when it is asked. */
    static final Duration FIRST = Duration.ofSeconds(5);

    /** Not a day: timers stand still while a machine sleeps. */
    static final Duration LOOK = Duration.ofHours(1);

    private static final Duration DAY = Duration.ofDays(1);

    private final InstantSource clock;
    private final Authority authority;
    /** When, in milliseconds since the epoch. */
    private final AtomicLong told;

    private volatile Configuration inForce = Configuration.EMPTY;
    private volatile Optional<Instant> replaced = Optional.empty();
    private volatile Optional<String> damage = Optional.empty();

    /** This user's. */
    interface Authority {

        /** When another takes its place, which has to be trusted anew. Blocks. */
        Optional<Instant> replacement() throws IOException;
    }

    CertificateWatch(InstantSource clock, Authority authority) {
        this.clock = clock;
        this.authority = authority;
        this.told = new AtomicLong(clock.instant().toEpochMilli());
    }

    /** @return puts a configuration in force */
    Runnable follow(Configuration next) {
        return () -> inForce = next;
    }

    /**
     * Begins.
     *
     * @param first until the first look, which is for the authority alone
     */
    void start(Vertx vertx, Duration first, Duration period, GatewayEvents events) {
        vertx.setTimer(
                first.toMillis(),
                timer -> vertx.executeBlocking(() -> {
                            look();
                            return ofAuthority();
                        })
                        .onSuccess(found -> found.ifPresent(ending -> events.notice(sentence(ending)))));
        vertx.setPeriodic(period.toMillis(), timer -> {
            long last = told.get();
            long now = clock.instant().toEpochMilli();
            if (now - last < DAY.toMillis() || !told.compareAndSet(last, now)) {
                return;
            }
            vertx.executeBlocking(() -> {
                        look();
                        return endings();
                    })
                    .onSuccess(endings -> endings.forEach(ending -> events.notice(sentence(ending))));
        });
    }

    /** Looks at the authority: another command may have made a new one. Blocks. */
    void look() {
        try {
            replaced = authority.replacement();
            damage = Optional.empty();
        } catch (IOException damaged) {
            replaced = Optional.empty();
            damage = Optional.of("no certificate can be made: " + damaged.getMessage());
        }
    }

    /** A sentence where the authority cannot be read, as of the last {@link #look}; the first connection has it told as well. */
    Optional<String> damage() {
        return damage.filter(some -> needsAuthority(inForce));
    }

    private static boolean needsAuthority(Configuration configuration) {
        return configuration.tls() instanceof TlsSettings.Auto
                || configuration.hosts().stream()
                        .anyMatch(host -> host.tls().orElse(configuration.tls()) instanceof TlsSettings.Auto)
                || configuration.forwards().stream()
                        .anyMatch(forward -> forward instanceof Forward.Tcp tcp
                                && tcp.security().clients() instanceof TlsSettings.Auto);
    }

    private Optional<GatewayStatus.Ending> ofAuthority() {
        Instant now = clock.instant();
        return replaced.filter(at -> now.plus(SOON).isAfter(at))
                .map(at -> new GatewayStatus.Ending(
                        "this user's certificate authority",
                        at,
                        (now.isAfter(at)
                                        ? "is about to be replaced"
                                        : "is replaced in "
                                                + Duration.between(now, at).toDays() + " days")
                                + ", and the new one has to be trusted: loopgate trust"));
    }

    /** All that are to be seen to now, with the authority as it was at the last {@link #look}. */
    List<GatewayStatus.Ending> endings() {
        List<GatewayStatus.Ending> endings = new ArrayList<>();
        given(inForce)
                .forEach((credential, whose) -> GivenCertificate.ending(credential.certificate(), clock.instant(), SOON)
                        .ifPresent(text -> endings.add(new GatewayStatus.Ending(
                                "the certificate of " + whose,
                                credential.certificate().getNotAfter().toInstant(),
                                text))));
        ofAuthority().ifPresent(endings::add);
        return endings;
    }

    /** Those that the configuration names, each with the first that it is for. */
    private static Map<Credential, String> given(Configuration configuration) {
        Map<Credential, String> found = new LinkedHashMap<>();
        note(configuration.tls(), "the gateway", found);
        for (VirtualHost host : configuration.hosts()) {
            host.tls().ifPresent(tls -> note(tls, host.pattern().toString(), found));
        }
        for (Forward forward : configuration.forwards()) {
            if (forward instanceof Forward.Tcp tcp && tcp.secure()) {
                note(tcp.security().clients(), "the forward " + tcp.key(), found);
            }
        }
        return found;
    }

    private static void note(TlsSettings settings, String whose, Map<Credential, String> found) {
        if (settings instanceof TlsSettings.Given given) {
            found.putIfAbsent(given.credential(), whose);
        }
    }

    private static String sentence(GatewayStatus.Ending ending) {
        return ending.whose() + " " + ending.text();
    }
}
