package dev.loopgate.config;

import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.BindAddress.Scope;
import dev.loopgate.model.Forward.SocketFile;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who may connect to a Unix socket that a forward listens on. */
final class SocketFileReader {

    private static final List<String> BY_ADDRESS = List.of("allow", "deny", "connections-per-client");

    private static final Pattern MODE = Pattern.compile("0?([0-7]{3})");
    private static final Pattern OWNER = Pattern.compile("([A-Za-z0-9_.-]+)?(?::([A-Za-z0-9_.-]+))?");

    /** Whoever may write to it may connect (unix(7)). */
    private static final int WRITE = 0222;

    private final Problems problems;
    private final Scalars scalars;

    SocketFileReader(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
    }

    /**
     * @param bind empty where it has a problem
     * @param introduced whether a proxy in front tells the address of the client
     */
    SocketFile read(Fields fields, Optional<BindAddress> bind, boolean introduced) {
        boolean unix = bind.filter(known -> known.scope() == Scope.UNIX).isPresent();
        if (unix && !introduced) {
            BY_ADDRESS.stream()
                    .filter(fields::has)
                    .forEach(key -> problems.error(
                            fields.placeOf(key),
                            key + " goes by the address of a client, and those of a Unix socket have none",
                            "use mode and owner"));
        }
        bind.filter(known -> !unix || known.address().startsWith("@"))
                .ifPresent(fileless -> List.of("mode", "owner").stream()
                        .filter(fields::has)
                        .forEach(key -> problems.error(
                                fields.placeOf(key),
                                key + " is for the file of a Unix socket, and " + fileless + " has none",
                                unix ? "leave it out" : "allow and deny say who may connect to a port")));
        int mode = fields.value("mode").flatMap(this::mode).orElse(SocketFile.PRIVATE.mode());
        Optional<Matcher> owner = fields.value("owner").flatMap(this::owner);
        return new SocketFile(
                mode,
                owner.flatMap(found -> Optional.ofNullable(found.group(1))),
                owner.flatMap(found -> Optional.ofNullable(found.group(2))));
    }

    private Optional<Integer> mode(Item item) {
        String expected = "permissions such as 600, 660 or 666";
        return scalars.scalar(item, expected).flatMap(scalar -> {
            Matcher matcher = MODE.matcher(scalar.text());
            if (!matcher.matches()) {
                return refuse(scalar, expected, "as for chmod: owner, group and others");
            }
            int mode = Integer.parseInt(matcher.group(1), 8);
            return (mode & WRITE) == 0
                    ? refuse(scalar, expected, "whoever is to connect needs the right to write")
                    : Optional.of(mode);
        });
    }

    private Optional<Matcher> owner(Item item) {
        String expected = "a user, user:group or :group";
        return scalars.scalar(item, expected).flatMap(scalar -> {
            Matcher matcher = OWNER.matcher(scalar.text());
            return matcher.matches() && !scalar.text().isEmpty()
                    ? Optional.of(matcher)
                    : refuse(scalar, expected, "by name or number, as for chown");
        });
    }

    private <T> Optional<T> refuse(Scalar scalar, String expected, String hint) {
        problems.error(scalar.place(), "expected " + expected + ", found " + scalar.shown(), hint);
        return Optional.empty();
    }
}
