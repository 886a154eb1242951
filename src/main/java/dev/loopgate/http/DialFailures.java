package dev.loopgate.http;

import dev.loopgate.net.DialFailure;

/** What a failed connection attempt means for a request. */
final class DialFailures {

    private DialFailures() {}

    /** Whether it looks like a service that is starting: then trying again makes sense. */
    static boolean passing(DialFailure failure) {
        return failure.kind() == DialFailure.Kind.REFUSED || failure.kind() == DialFailure.Kind.NO_SOCKET;
    }

    /**
     * The failure as the client is told.
     *
     * @param wantsPage whether a person waits in a browser: then a page that reloads itself is of more use than an error
     */
    static Failure explain(DialFailure failure, Hop hop, boolean wantsPage) {
        String sentence = String.valueOf(failure.getMessage());
        String cause = Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1) + ".";
        if (passing(failure) && wantsPage) {
            return Failure.of(FailureCode.STARTING, cause)
                    .withUpstream(hop.text())
                    .withFix("Start the service; this page goes on by itself once it answers.");
        }
        FailureCode code = switch (failure.kind()) {
            case REFUSED -> FailureCode.CONNECTION_REFUSED;
            case NO_SOCKET, PERMISSION -> FailureCode.NO_SOCKET;
            case TIMED_OUT -> FailureCode.CONNECT_TIMEOUT;
            case UNRESOLVED -> FailureCode.UNRESOLVED;
            case UNREACHABLE -> FailureCode.UNREACHABLE;
            case EXHAUSTED -> FailureCode.LIMIT;
        };
        Failure explained = Failure.of(code, cause).withUpstream(hop.text());
        return passing(failure)
                ? explained.withFix("Start the service, or correct the route's target if it listens elsewhere.")
                : explained;
    }
}
