package dev.loopgate.cli;

import dev.loopgate.config.CommandLineWords;
import dev.loopgate.model.BindAddress;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** For commands that listen for the network until they end: where, how long, and how that is shown. */
final class LendOptions {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is asked
    CommandSpec command;

    @Option(
            names = "--on",
            paramLabel = "[ADDRESS:]PORT",
            description = "Where others find it. Without it, or without ADDRESS: every address but loopback.")
    @Nullable
    String on;

    @Option(names = "--for", paramLabel = "DURATION", description = "Ends by itself after that time: 30m, 2h.")
    @Nullable
    String lifetime;

    @Option(
            names = "--qr",
            negatable = true,
            description = "Print the URL as a QR code (--no-qr: do not). Without it: on a terminal.")
    @Nullable
    Boolean qr;

    /**
     * @param port where none is named
     * @throws CommandFailure where it is no socket
     */
    BindAddress bind(int port) {
        String address = on;
        if (address == null) {
            return BindAddress.lan(port);
        }
        return word("--on", () -> CommandLineWords.bind(address.matches("[0-9]+") ? "lan:" + address : address));
    }

    /**
     * Zero: until somebody ends it.
     *
     * @throws CommandFailure where it is no time
     */
    Duration time() {
        String wanted = lifetime;
        return wanted == null ? Duration.ZERO : word("--for", () -> CommandLineWords.duration(wanted));
    }

    boolean code(Terminal terminal) {
        return qr == null ? terminal.shown() : qr;
    }

    /** A word of the command line, or what is wrong with it. */
    <T> T word(String option, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw usage(option + ": " + e.getMessage());
        }
    }

    CommandFailure usage(String sentence) {
        return new CommandFailure(ExitStatus.WRONG_USAGE, sentence, "for more: " + command.qualifiedName() + " --help");
    }
}
