package dev.loopgate.http;

import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;

/** Where the services that are part of the gateway itself are reached: they are upstreams like any other. */
public interface BuiltinUpstreams {

    /**
     * The service of a folder. Requests sent there carry paths relative to the folder, the matched prefix already taken
     * off; whatever the folder's state, the address is good.
     *
     * @throws IllegalStateException where the service cannot listen
     */
    UpstreamAddress files(Target.Files files);
}
