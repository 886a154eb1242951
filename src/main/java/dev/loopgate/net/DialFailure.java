package dev.loopgate.net;

import dev.loopgate.model.UpstreamAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Why an upstream could not be reached; the message is one sentence that names each address and its cause. */
public final class DialFailure extends IOException {

    private static final long serialVersionUID = 1;

    /** What went wrong; of several addresses the kind that is named first here. */
    public enum Kind {
        /** This process has no file descriptor left. */
        EXHAUSTED("no file descriptor is left to connect to "),
        /** Nothing listens there. */
        REFUSED("nothing listens on "),
        /** The file exists but may not be used. */
        PERMISSION("not allowed to connect to "),
        /** There is no such Unix socket. */
        NO_SOCKET("there is no socket "),
        /** No answer in time. */
        TIMED_OUT("no answer from "),
        /** No route, or another failure of the network. */
        UNREACHABLE("cannot reach "),
        /** The name has no address. */
        UNRESOLVED("the name is unknown: ");

        private final String opening;

        Kind(String opening) {
            this.opening = opening;
        }
    }

    /**
     * One address that was tried.
     *
     * @param address as a person would write it: {@code 127.0.0.1:3000}, {@code unix:///run/app.sock}, {@code name:80}
     * @param cause a few words
     */
    public record Tried(String address, Kind kind, String cause) {}

    private final transient UpstreamAddress target;
    private final Kind kind;
    private final transient List<Tried> tried;

    DialFailure(UpstreamAddress target, List<Tried> tried) {
        super(sentence(tried));
        this.target = target;
        this.tried = List.copyOf(tried);
        this.kind = worst(tried);
    }

    static Tried tried(String address, Throwable cause) {
        SystemError error = SystemError.of(cause);
        Kind kind = switch (error) {
            case REFUSED -> Kind.REFUSED;
            case TIMED_OUT, BUSY -> Kind.TIMED_OUT;
            case NO_SUCH_FILE -> Kind.NO_SOCKET;
            case FORBIDDEN -> Kind.PERMISSION;
            case OUT_OF_DESCRIPTORS -> Kind.EXHAUSTED;
            default -> Kind.UNREACHABLE;
        };
        return new Tried(address, kind, error.words(cause));
    }

    public UpstreamAddress target() {
        return target;
    }

    public Kind kind() {
        return kind;
    }

    /** In the order in which they failed; at least one. */
    public List<Tried> tried() {
        return tried;
    }

    /** No trace: what failed is the network, and storms of these must stay cheap. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    private static Kind worst(List<Tried> tried) {
        return tried.stream().map(Tried::kind).min(Kind::compareTo).orElse(Kind.UNREACHABLE);
    }

    /** Addresses that failed alike share a clause. */
    private static String sentence(List<Tried> tried) {
        List<String> clauses = new ArrayList<>();
        List<Tried> left = new ArrayList<>(tried);
        while (!left.isEmpty()) {
            Tried first = left.get(0);
            List<Tried> alike = left.stream()
                    .filter(each -> each.kind() == first.kind() && each.cause().equals(first.cause()))
                    .toList();
            left.removeAll(alike);
            clauses.add(first.kind().opening
                    + alike.stream().map(Tried::address).collect(Collectors.joining(" or "))
                    + " ("
                    + first.cause()
                    + ")");
        }
        return String.join("; ", clauses);
    }
}
