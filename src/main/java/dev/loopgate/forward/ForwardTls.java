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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What all forwards of a gateway need for TLS, by the configuration in force. Any thread. */
public final class ForwardTls {

    /** For agreeing on TLS, with a client from where it is to begin, and with a target. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Plan NONE = new Plan(Set.of(), Set.of(), null);

    private final TlsTermination termination;
    private final Duration limit;
    private volatile Plan plan = NONE;

    /**
     * @param domains that the local authority has to sign for beside the usual ones
     * @param names of the configuration's hosts, as they are
     * @param origination null where no target was ever spoken to over TLS
     */
    private record Plan(
            Set<String> domains,
            Set<String> names,
            @Nullable TlsOrigination origination) {}

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
     * @return puts it in force
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
        return () -> plan = fresh;
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

    /**
     * Who a forward is to a client that begins TLS.
     *
     * @param name the server name that it asks for, in lower case; empty where it names none
     * @param own the address that it has connected to
     * @return empty where nobody can be it
     */
    Optional<TlsIdentity> identity(TlsSettings clients, String name, InetAddress own) {
        if (clients instanceof TlsSettings.Given given) {
            return Optional.of(new TlsIdentity.Given(given.credential()));
        }
        Plan now = plan;
        if (name.isEmpty()) {
            // Beyond loopback there is no certificate for an address.
            boolean loopback = own.isLoopbackAddress();
            return Optional.of(new TlsIdentity.Local(
                    loopback ? Addresses.text(own) : "localhost",
                    now.domains,
                    !loopback || Addresses.isUsualLoopback(own)));
        }
        return LocalDomains.permit(now.domains, name)
                ? Optional.of(
                        new TlsIdentity.Local(name, now.domains, name.equals("localhost") || now.names.contains(name)))
                : Optional.empty();
    }
}
