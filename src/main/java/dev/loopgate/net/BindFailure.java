package dev.loopgate.net;

import dev.loopgate.model.BindAddress;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** An address that could not be listened on. */
public final class BindFailure extends BindException {

    private static final long serialVersionUID = 1;

    /** What stands in the way. */
    public enum Kind {
        /** Another socket has the address, one with SO_REUSEPORT or on the wildcard address included. */
        TAKEN,
        /** The system keeps the port for the privileged, or reserves it. */
        FORBIDDEN,
        /** No interface of this machine has the address, or the machine lacks its family. */
        NO_SUCH_ADDRESS,
        /** Anything else: see the message and {@link #getCause()}. */
        OTHER
    }

    private final Kind kind;
    private final SocketAddress address;
    private final String reason;

    BindFailure(SocketAddress address, Throwable cause) {
        this(address, SystemError.of(cause), cause);
    }

    private BindFailure(SocketAddress address, SystemError error, Throwable cause) {
        this(kind(error), Addresses.text(address), address, error.words(cause));
        initCause(cause);
    }

    private BindFailure(Kind kind, String text, SocketAddress address, String reason) {
        super("cannot listen on " + text + ": " + reason);
        this.kind = kind;
        this.address = address;
        this.reason = reason;
    }

    /** Of a Unix socket. */
    BindFailure(Kind kind, SocketAddress address, String reason) {
        this(kind, Addresses.text(address), address, reason);
    }

    /** Of an address that stands for those of interfaces, and there are none. */
    static BindFailure noSuchAddress(BindAddress bind) {
        return new BindFailure(
                Kind.NO_SUCH_ADDRESS,
                bind.toString(),
                new InetSocketAddress(bind.port()),
                bind.scope() == BindAddress.Scope.DOCKER
                        ? "no bridge of containers, such as docker0, is there"
                        : "no network interface is up");
    }

    private static Kind kind(SystemError error) {
        return switch (error) {
            case IN_USE -> Kind.TAKEN;
            case FORBIDDEN -> Kind.FORBIDDEN;
            case NO_SUCH_ADDRESS -> Kind.NO_SUCH_ADDRESS;
            default -> Kind.OTHER;
        };
    }

    public Kind kind() {
        return kind;
    }

    public SocketAddress address() {
        return address;
    }

    /** A few words, without the address. */
    public String reason() {
        return reason;
    }
}
