package dev.loopgate.net;

import dev.loopgate.model.UpstreamAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Looks at this machine for the reason why an upstream fails. Every method blocks and is called on threads of their own,
 * never on an event loop; several may be called at once.
 */
public interface Diagnosis {

    /** Finds nothing. */
    Diagnosis NONE = new Diagnosis() {
        @Override
        public void remember(Collection<UpstreamAddress> answering) {}

        @Override
        public List<Finding> examine(UpstreamAddress upstream, Symptom symptom, Optional<Instant> answered) {
            return List.of();
        }
    };

    /** How the failure shows. */
    enum Symptom {
        /** Connections are refused. */
        REFUSED,
        /** Connections are not taken in time. */
        NOT_TAKEN,
        /** A connection was taken, and no answer came in time. */
        SILENT,
        /** A connection was taken, and ended without an answer. */
        ENDED,
        /** The same within TLS. */
        ENDED_WITHIN_TLS,
        /** What came is no answer of HTTP. */
        NOT_HTTP
    }

    /** What was found. */
    enum Kind {
        /** A process listens where the upstream is expected. */
        HOLDER,
        /** Nobody does, but a process did when the upstream answered last. */
        FORMER_HOLDER,
        /** A process listens on the port of the other loopback family only. */
        OTHER_FAMILY,
        /** A process listens on the port of another address only. */
        OTHER_ADDRESS,
        /** The process that had the port listens on another one. */
        OTHER_PORT,
        /** What listens is stopped (job control): it does nothing until it is continued. */
        STOPPED,
        /** What listens speaks TLS. */
        TLS
    }

    /**
     * One thing that was found.
     *
     * @param text one sentence, without control characters
     * @param fix the one thing to do about it, in one sentence
     * @param process whom it is about
     * @param directory that the process works in; empty where the system does not tell
     */
    record Finding(
            Kind kind, String text, Optional<String> fix, Optional<PortHolder> process, Optional<Path> directory) {}

    /** Notes who listens for these upstreams, for the day when nobody does. Takes some 50 ms for all of them. */
    void remember(Collection<UpstreamAddress> answering);

    /**
     * Looks for the reason. Takes less than 400 ms, for the most part.
     *
     * @param answered when the upstream answered last; empty where it never did
     * @return what matters most first; empty where nothing is known, as of an upstream on another machine
     */
    List<Finding> examine(UpstreamAddress upstream, Symptom symptom, Optional<Instant> answered);
}
