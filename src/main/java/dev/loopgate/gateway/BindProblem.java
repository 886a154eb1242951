package dev.loopgate.gateway;

import dev.loopgate.net.PortHolder;
import java.util.List;
import java.util.Optional;

/**
 * Why an address cannot be listened on.
 *
 * @param address as a person would write it: {@code 127.0.0.1:62893}, {@code [::1]:62893}
 * @param cause one sentence without the address
 * @param holder who has the port, where that is the cause and the system tells
 * @param hint what to do about it
 * @param choices more that can be done, each a line of its own; mostly none
 */
public record BindProblem(
        Kind kind,
        String address,
        String cause,
        Optional<PortHolder> holder,
        Optional<String> hint,
        List<String> choices) {

    public BindProblem {
        choices = List.copyOf(choices);
    }

    BindProblem(Kind kind, String address, String cause, Optional<PortHolder> holder, Optional<String> hint) {
        this(kind, address, cause, holder, hint, List.of());
    }

    /** What stands in the way. */
    public enum Kind {
        /** Another socket has the address. */
        TAKEN,
        /** The system keeps the port for the privileged. */
        FORBIDDEN,
        /** No interface of this machine has the address. */
        NO_SUCH_ADDRESS,
        /** Anything else. */
        OTHER
    }

    /** What two addresses have in common that cannot be listened on for the same reason. */
    BindProblem anywhere() {
        return new BindProblem(kind, "", cause, holder, Optional.empty());
    }

    /** One line: address, cause, holder and hint, without the choices. */
    public String message() {
        StringBuilder text = new StringBuilder("cannot listen on ")
                .append(address)
                .append(": ")
                .append(cause);
        holder.ifPresent(who -> text.append(", by ").append(who));
        hint.ifPresent(advice -> text.append(" (").append(advice).append(')'));
        return text.toString();
    }
}
