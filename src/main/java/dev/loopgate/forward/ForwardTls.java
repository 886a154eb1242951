package dev.loopgate.forward;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.TlsOrigination;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.tls.LocalDomains;
import dev.loopgate.tls.TlsIdentity;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What all forwards of a gateway need for TLS, by the configuration in force. Any thread. */
public final class ForwardTls {

    /** For agreeing on TLS, with a client from where it is to begin, and with a target. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Plan NONE = new Plan(Set.of(), Set.of(), null);

    private final TlsTermination termination;
    private final Duration limit;
    private volatile Plan plan = NONE;
    /** Of the configuration before, as long as one of its forwards may still listen. */
    private volatile Plan former = NONE;

    /**
     * By one configuration.
     *
     * @param domains that the local authority has to sign for beside the usual ones
     * @param names of the configuration's hosts, as they are
     * @param origination null where no target was ever spoken to over TLS
     */
    private record Plan(
            Set<String> domains,
            Set<String> names,
            @Nullable TlsOrigination origination) {

        /** As {@link Names#identities}. */
        Optional<TlsIdentity> identity(String name, InetAddress own) {
            if (name.isEmpty()) {
                // Beyond loopback there is no certificate for an address.
                boolean loopback = own.isLoopbackAddress();
                return Optional.of(new TlsIdentity.Local(
                        loopback ? Addresses.text(own) : "localhost",
                        domains,
                        !loopback || Addresses.isUsualLoopback(own)));
            }
            return LocalDomains.permit(domains, name)
                    ? Optional.of(
                            new TlsIdentity.Local(name, domains, name.equals("localhost") || names.contains(name)))
                    : Optional.empty();
        }
    }

    /** With no configuration in force: names of this machine only, and no targets. */
    public ForwardTls(TlsTermination termination) {
        this(termination, LIMIT);
    }

    ForwardTls(TlsTermination termination, Duration limit) {
        this.termination = termination;
        this.limit = limit;
    }

    /**
     * Does whatever can fail. Blocks.
     *
     * @return puts it in force; names of the configuration before stay valid until it is {@link #settle settled}
     * @throws IllegalStateException where it cannot be had whom to trust
     */
    public Runnable prepare(Configuration next) {
        boolean local = any(next, rule -> rule.security().clients() instanceof TlsSettings.Auto);
        boolean targets =
                any(next, rule -> rule.to().stream().anyMatch(target -> target instanceof UpstreamAddress.Tls));
        Plan fresh = new Plan(
                local ? LocalDomains.foreign(next) : Set.of(),
                local ? names(next) : Set.of(),
                // A connection of a rule that is going may still be on its way.
                targets ? termination.origination() : plan.origination);
        return () -> {
            former = plan;
            plan = fresh;
        };
    }

    /** The forwards are those of the configuration in force: none of the one before listens any more. */
    public void settle() {
        former = NONE;
    }

    private static boolean any(Configuration configuration, Predicate<Forward.Tcp> test) {
        return configuration.forwards().stream()
                .anyMatch(forward -> forward instanceof Forward.Tcp tcp && test.test(tcp));
    }

    private static Set<String> names(Configuration configuration) {
        return configuration.hosts().stream()
                .map(host -> host.pattern())
                .filter(pattern -> pattern.kind() == HostPattern.Kind.EXACT)
                .map(HostPattern::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    Duration limit() {
        return limit;
    }

    TlsTermination termination() {
        return termination;
    }

    @Nullable
    TlsOrigination origination() {
        return plan.origination;
    }

    /** For a client that has just connected: what comes into force meanwhile takes nothing away. */
    Names names() {
        return new Names(plan, former);
    }

    /** The names that a forward goes by, as of some time and whatever has come into force since. */
    final class Names {

        private final Plan then;
        private final Plan before;

        private Names(Plan then, Plan before) {
            this.then = then;
            this.before = before;
        }

        /**
         * Who a forward is to a client.
         *
         * @param own the address that it has connected to
         * @return by the server name that it asks for, in lower case, or that is empty where it names none; nobody can be
         *     it where the result is empty
         */
        Function<String, Optional<TlsIdentity>> identities(TlsSettings clients, InetAddress own) {
            if (clients instanceof TlsSettings.Given given) {
                TlsIdentity always = new TlsIdentity.Given(given.credential());
                return name -> Optional.of(always);
            }
            return name -> Stream.of(plan, then, before)
                    .flatMap(one -> one.identity(name, own).stream())
                    .findFirst();
        }
    }
}
