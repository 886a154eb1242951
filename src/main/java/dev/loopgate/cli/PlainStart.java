package dev.loopgate.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * {@code run} and {@code run --config FILE}, told apart without picocli: to set it up takes a third of the time until the
 * gateway listens. Whatever else is on the line is picocli's, and it would read these two alike.
 */
final class PlainStart {

    private PlainStart() {}

    /** The command, or null where the line is another one. */
    static @Nullable Callable<Integer> of(Surroundings surroundings, String... arguments) {
        boolean named = arguments.length == 3
                && (arguments[1].equals("--config") || arguments[1].equals("-c"))
                && isPlainName(arguments[2]);
        if (arguments.length == 0 || !arguments[0].equals("run") || !(named || arguments.length == 1)) {
            return null;
        }
        RunCommand run = new RunCommand(surroundings);
        run.config.file = named ? Path.of(arguments[2]) : null;
        return run;
    }

    /** Whether picocli would take it as it stands, neither as an option nor as a file of arguments. */
    private static boolean isPlainName(String word) {
        return !word.isEmpty() && word.charAt(0) != '-' && word.charAt(0) != '@' && word.indexOf('"') < 0;
    }
}
