package dev.loopgate.config;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Values as they are written in a file, on a command line. */
public final class CommandLineWords {

    private CommandLineWords() {}

    /** Reads the text of one value. */
    private interface Reading<T> {
        Optional<T> read(Item.Scalar scalar, Problems problems);
    }

    /**
     * Such as {@code 2h}; more than zero.
     *
     * @throws IllegalArgumentException with a sentence for a person
     */
    public static Duration duration(String text) {
        return read(text, (scalar, problems) -> new Scalars(problems).duration(scalar, Optional.empty()));
    }

    /**
     * One socket to listen on, {@code [address:]port}; {@code lan} is an address, too.
     *
     * @throws IllegalArgumentException with a sentence for a person
     */
    public static BindAddress bind(String text) {
        List<BindAddress> sockets = read(text, (scalar, problems) -> new Binds(problems).range(scalar, text));
        if (sockets.size() > 1) {
            throw new IllegalArgumentException("expected one port, found " + sockets.size());
        }
        return sockets.get(0);
    }

    /**
     * An address or a block of them.
     *
     * @throws IllegalArgumentException with a sentence for a person
     */
    public static Cidr block(String text) {
        return read(
                text,
                (scalar, problems) ->
                        new Cidrs(problems).blocks(scalar).stream().findFirst());
    }

    private static <T> T read(String text, Reading<T> reading) {
        Problems problems = new Problems();
        Item.Scalar scalar = new Item.Scalar(new Place(Path.of(""), 1, 1), text, text, false);
        Optional<T> value = reading.read(scalar, problems);
        if (value.isEmpty() || problems.errorCount() > 0) {
            Problem problem = problems.errors(List.of()).get(0);
            throw new IllegalArgumentException(problem.message()
                    + problem.hint().map(hint -> " (" + hint + ")").orElse(""));
        }
        return value.get();
    }
}
