package dev.loopgate.http;

import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import java.util.Set;

/** Where the services that are part of the gateway itself are reached: they are upstreams like any other. */
public interface BuiltinUpstreams {

    /**
     * The service of a folder. Requests sent there carry paths relative to the folder, the matched prefix already taken
     * off; whatever the folder's state, the address is good. May block.
     *
     * @throws IllegalStateException where the service cannot listen
     */
    UpstreamAddress files(Target.Files files);

    /**
     * Tells which folders are in use from now on; what serves others may go once their requests are done.
     *
     * @param inUse every folder of the plan that was just put in force
     */
    default void keepOnly(Set<Target.Files> inUse) {}
}
