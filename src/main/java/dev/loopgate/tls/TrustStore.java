package dev.loopgate.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Somebody's list of authorities.
 *
 * @param name what people know it by
 * @param trusts whether the certificate is in it; false where that cannot be told
 * @param add what puts it there
 * @param remove what takes it away
 * @param closed the file or folder that this user may not write to; empty where nothing is in the way
 * @param missing the package whose program would be needed; empty where it is there
 */
public record TrustStore(
        String name,
        boolean trusts,
        List<TrustStep> add,
        List<TrustStep> remove,
        Optional<Path> closed,
        Optional<String> missing) {

    public TrustStore {
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    /** What only its name tells to be of an authority, and which can be taken away only. */
    static TrustStore remnant(String name, List<TrustStep> remove, Optional<Path> closed) {
        return new TrustStore(name, true, List.of(), remove, closed, Optional.empty());
    }

    /**
     * Does what is to be done.
     *
     * @param steps {@link #add} or {@link #remove}
     * @throws IOException at the first that fails, with what was said
     */
    public static void take(List<TrustStep> steps) throws IOException {
        for (TrustStep step : steps) {
            Programs.run(step);
        }
    }
}
