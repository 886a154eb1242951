package dev.loopgate.http;

import dev.loopgate.net.Diagnosis.Finding;
import dev.loopgate.net.Diagnosis.Kind;
import dev.loopgate.net.TlsOrigination;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Why one request could not be served, with all that a person needs to mend it.
 *
 * @param code which kind of failure
 * @param cause what happened, concretely, in one sentence: {@code Nothing listens on localhost:3000.}
 * @param fix the one thing to do about it, in one sentence
 * @param authority host and port as the client asked for them, the Host field; empty where there was none
 * @param method the request's method; empty where none was read
 * @param target the request's path and query as sent; empty where none was read
 * @param upstream what was to be asked: {@code http://localhost:3000}; empty where it did not come to that
 * @param nearest names of hosts close to the one asked for, the closest first
 * @param hosts every host of the configuration, for the start page
 * @param diagnosis what this machine has to say to it, what matters most first
 * @param retryAfter when it is worth trying again, whole seconds
 */
public record Failure(
        FailureCode code,
        String cause,
        Optional<String> fix,
        String authority,
        String method,
        String target,
        String upstream,
        List<String> nearest,
        List<ListedHost> hosts,
        List<Finding> diagnosis,
        Optional<Duration> retryAfter) {

    /**
     * A host on the start page.
     *
     * @param name as in the file; a wildcard is shown, not linked
     * @param target where its routes lead, for people: {@code http://localhost:3000}
     */
    public record ListedHost(String name, String target) {}

    public Failure {
        nearest = List.copyOf(nearest);
        hosts = List.copyOf(hosts);
        diagnosis = List.copyOf(diagnosis);
    }

    /** A failure of which no more is known yet. */
    public static Failure of(FailureCode code, String cause) {
        return new Failure(
                code,
                cause,
                Optional.empty(),
                "",
                "",
                "",
                "",
                List.of(),
                List.of(),
                List.of(),
                defaultRetryAfter(code));
    }

    /** An upstream's connection ended, or was reset, before it answered. */
    static Failure lost(String upstream, boolean reset) {
        return of(
                        reset ? FailureCode.CONNECTION_RESET : FailureCode.UPSTREAM_CLOSED,
                        upstream + (reset ? " reset" : " closed") + " the connection before it answered.")
                .withUpstream(upstream);
    }

    /** An upstream was reached, but TLS with it was not agreed on. */
    static Failure notSecured(String upstream, TlsOrigination.Fault fault) {
        boolean late = fault.kind() == TlsOrigination.Fault.Kind.TIMED_OUT;
        Failure failure = of(
                        late ? FailureCode.CONNECT_TIMEOUT : FailureCode.UPSTREAM_TLS,
                        "TLS with " + upstream + " failed: " + fault.words() + ".")
                .withUpstream(upstream);
        return switch (fault.kind()) {
            case UNTRUSTED -> failure.withFix("Have its certificate trusted, or write verify: false in the route.");
            case NO_TLS ->
                failure.withFix(
                        "If it speaks plain HTTP, the target is " + upstream.replaceFirst("^https:", "http:") + ".");
            case OTHER -> failure.withFix("To see what it agrees on: loopgate probe " + upstream);
            case TIMED_OUT -> failure;
        };
    }

    public Failure withFix(String sentence) {
        return new Failure(
                code,
                cause,
                Optional.of(sentence),
                authority,
                method,
                target,
                upstream,
                nearest,
                hosts,
                diagnosis,
                retryAfter);
    }

    /** The request it is about; see the record's components. */
    public Failure withRequest(String requestMethod, String requestAuthority, String requestTarget) {
        return new Failure(
                code,
                cause,
                fix,
                requestAuthority,
                requestMethod,
                requestTarget,
                upstream,
                nearest,
                hosts,
                diagnosis,
                retryAfter);
    }

    public Failure withUpstream(String text) {
        return new Failure(code, cause, fix, authority, method, target, text, nearest, hosts, diagnosis, retryAfter);
    }

    public Failure withNearest(List<String> names) {
        return new Failure(code, cause, fix, authority, method, target, upstream, names, hosts, diagnosis, retryAfter);
    }

    public Failure withHosts(List<ListedHost> all) {
        return new Failure(code, cause, fix, authority, method, target, upstream, nearest, all, diagnosis, retryAfter);
    }

    public Failure withRetryAfter(Duration delay) {
        return new Failure(
                code, cause, fix, authority, method, target, upstream, nearest, hosts, diagnosis, Optional.of(delay));
    }

    /** With what was found about the upstream, which may show it to be another kind of failure than it looked like. */
    Failure withDiagnosis(List<Finding> findings) {
        FailureCode known = code;
        if (finds(findings, Kind.OTHER_FAMILY)
                && (code == FailureCode.CONNECTION_REFUSED || code == FailureCode.STARTING)) {
            // To wait for it would be in vain.
            known = FailureCode.WRONG_FAMILY;
        } else if (finds(findings, Kind.TLS)
                && (code == FailureCode.CONNECTION_RESET || code == FailureCode.UPSTREAM_CLOSED)) {
            known = FailureCode.WRONG_PROTOCOL;
        }
        return new Failure(
                known,
                cause,
                findings.stream()
                        .flatMap(found -> found.fix().stream())
                        .findFirst()
                        .or(() -> fix),
                authority,
                method,
                target,
                upstream,
                nearest,
                hosts,
                findings,
                known == code ? retryAfter : defaultRetryAfter(known));
    }

    private static boolean finds(List<Finding> findings, Kind kind) {
        return findings.stream().anyMatch(found -> found.kind() == kind);
    }

    /** The authority without its port; brackets of an IPv6 literal stay. */
    String hostName() {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }

    /** The authority's port with its colon, or nothing. */
    String portSuffix() {
        return authority.substring(hostName().length());
    }

    /** Whether the gateway is asked for by its own name, as in http://localhost:62893/: then the start page answers. */
    boolean asksForGateway() {
        if (code != FailureCode.UNKNOWN_HOST) {
            return false;
        }
        String name = hostName();
        return name.equalsIgnoreCase("localhost")
                || name.equalsIgnoreCase("localhost.")
                || name.matches("127\\.[0-9.]+")
                || name.equals("[::1]");
    }

    private static Optional<Duration> defaultRetryAfter(FailureCode code) {
        return switch (code) {
            case STARTING, LIMIT, UNHEALTHY -> Optional.of(Duration.ofSeconds(1));
            default -> Optional.empty();
        };
    }
}
