package dev.loopgate.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --java} and its password, for the commands that change who is trusted. */
final class JavaStoreOption {

    @Option(
            names = "--java",
            paramLabel = "KEYSTORE",
            description = "A truststore of Java, too; trust makes it where it is missing.")
    @Nullable
    Path keystore;

    @Option(
            names = "--java-password",
            paramLabel = "PASSWORD",
            defaultValue = TrustWork.JAVA_PASSWORD,
            description = "Of that truststore. Without it: changeit, as of Java's own.")
    String password = TrustWork.JAVA_PASSWORD;
}
