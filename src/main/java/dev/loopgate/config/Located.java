package dev.loopgate.config;

import java.nio.file.Path;
import java.util.List;

/** What came of looking for a configuration file. */
public sealed interface Located {

    /** By which way a file was found. */
    enum Way {
        /** {@code --config} named it. */
        OPTION,
        /** {@code $LOOPGATE_CONFIG} named it. */
        ENVIRONMENT,
        /** It is in the working directory, or in its folder {@code conf}. */
        WORKING_DIRECTORY,
        /** It is at the root of the Git repository that the working directory is in. */
        GIT_ROOT,
        /** It is in the user's configuration folder. */
        USER;

        /**
         * Whether only loopback may be bound: nobody chose a file that merely lies at the root of a repository, so it must
         * not open this machine to the network.
         */
        public boolean loopbackOnly() {
            return this == GIT_ROOT;
        }
    }

    /** A file to read. */
    record Found(Path file, Way way) implements Located {}

    /** A file that was named and is not there: an error, nothing else is looked for. */
    record Missing(Path file, Way way) implements Located {}

    /**
     * There is no file anywhere.
     *
     * @param lookedFor in the order of the search
     */
    record Nowhere(List<Path> lookedFor) implements Located {
        public Nowhere {
            lookedFor = List.copyOf(lookedFor);
        }
    }
}
