package dev.loopgate.bench;

import java.io.IOException;
import java.util.List;

/** One thing to compare. */
sealed interface Case permits LoadCase, FreshCase {

    /** As it is chosen on the command line; several may share a name. */
    String name();

    /** For people. */
    String title();

    boolean takes(Peer peer);

    /** Whether every round has a proxy of its own, just started. */
    boolean fresh();

    Site site(Site plain);

    /** Gets a running proxy ready to be measured. */
    void warmUp(RunningPeer peer, Settings settings) throws IOException, InterruptedException;

    List<Reading> measure(RunningPeer peer, Settings settings) throws IOException, InterruptedException;
}
