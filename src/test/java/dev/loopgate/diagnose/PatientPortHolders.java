package dev.loopgate.diagnose;

import dev.loopgate.net.PortHolders;
import java.time.Duration;

/** Who holds a port, for tests of what is made of the answer: a busy machine may take longer over it than a person waits. */
public final class PatientPortHolders {

    private PatientPortHolders() {}

    public static PortHolders create() {
        return new SystemPortHolders(new PortRules(), Machine.ofThis(), Duration.ofSeconds(30));
    }
}
