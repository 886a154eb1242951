package dev.loopgate.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** One thing that is done to somebody's list of authorities. */
public sealed interface TrustStep {

    /** As a command that does it, for a shell. */
    String command();

    /** A certificate is put where the system looks for them, readable for everybody. */
    record Copy(Path from, Path to) implements TrustStep {
        @Override
        public String command() {
            return "install -m 644 " + TrustStep.quoted(from.toString()) + " " + TrustStep.quoted(to.toString());
        }
    }

    /** One is taken away there. */
    record Delete(Path file) implements TrustStep {
        @Override
        public String command() {
            return "rm " + TrustStep.quoted(file.toString());
        }
    }

    /**
     * A program of the system does it.
     *
     * @param password that keytool asks for; the program gets it where no other user's {@code ps} shows it
     */
    record Run(List<String> words, Optional<String> password) implements TrustStep {
        /** What Java's own truststores are closed with, which is no secret. */
        public static final String JAVA_PASSWORD = "changeit";

        public Run {
            words = List.copyOf(words);
        }

        Run(List<String> words) {
            this(words, Optional.empty());
        }

        @Override
        public String command() {
            return words.stream().map(TrustStep::quoted).collect(Collectors.joining(" "))
                    + password.map(secret -> " -storepass " + (secret.equals(JAVA_PASSWORD) ? secret : "PASSWORD"))
                            .orElse("");
        }
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
