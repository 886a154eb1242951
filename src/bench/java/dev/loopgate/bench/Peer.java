package dev.loopgate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A proxy that can be compared: how it is configured, started and told of a change. */
sealed interface Peer permits Loopgate, Nginx, HaProxy, Caddy {

    String name();

    /** The program that must be there. */
    Path program();

    /** Prints its version, on either stream. */
    List<String> versionCommand();

    /** Writes the configuration file of a site, whole. */
    void configure(Site site) throws IOException;

    /** Runs it in the foreground over the file of {@link #configure}. */
    List<String> command(Site site);

    default Map<String, String> environment(Site site) {
        return Map.of();
    }

    /** Has a running one take the file that {@link #configure} has just written anew. */
    void reload(Site site, ProcessHandle process) throws IOException, InterruptedException;

    /** Waits for what a first start leaves running in the background. */
    default void awaitSettled() throws InterruptedException, IOException {}

    boolean forwardsTcp();

    default boolean forwardsUdp() {
        return false;
    }

    /** Whether it writes an access log to a file by itself. */
    boolean logsToFile();

    /** Whether it becomes quicker while it runs. */
    default boolean compilesItself() {
        return false;
    }

    /** Whether it is there only to show what its option does to bulk, and is left out elsewhere. */
    default boolean bulkOnly() {
        return false;
    }
}
