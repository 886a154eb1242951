package dev.loopgate.model;

import java.time.Duration;
import java.util.List;

/** A port-forwarding rule: one socket that is listened on, and where its traffic goes. */
public sealed interface Forward {

    /** Where it listens. */
    BindAddress bind();

    /**
     * A TCP forward.
     *
     * @param targets tried by turns, one after the other where one cannot be reached; at least one
     * @param access which clients are accepted
     * @param connections how many at once; zero: any number
     * @param connect how long one connection attempt may take
     * @param idle how long both directions may be silent; zero: for ever
     * @param drain how long connections may go on once the rule is changed or gone
     */
    record Tcp(
            BindAddress bind,
            List<UpstreamAddress> targets,
            Access access,
            int connections,
            Duration connect,
            Duration idle,
            Duration drain)
            implements Forward {

        public Tcp {
            targets = List.copyOf(targets);
        }
    }
}
