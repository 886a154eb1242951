package dev.loopgate.net;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The process that has a port.
 *
 * @param pid its process id; 0 where the system tells only its owner and root
 * @param name the program's name, such as {@code node}; empty where the system does not tell
 * @param command its command line, shortened to what fits a message; empty where the system does not tell
 * @param user who runs it; empty where the system does not tell
 * @param gateway whether it is another Loopgate
 * @param file the configuration of that Loopgate; empty where it is not known
 */
public record PortHolder(long pid, String name, String command, String user, boolean gateway, Optional<Path> file) {

    public PortHolder(long pid, String name, String command, String user, boolean gateway) {
        this(pid, name, command, user, gateway, Optional.empty());
    }

    public PortHolder withFile(Optional<Path> known) {
        return new PortHolder(pid, name, command, user, gateway, known);
    }

    /** As in a message: {@code node (pid 4242, user ann: node server.js)}; of a Loopgate its file says more. */
    @Override
    public String toString() {
        if (pid == 0) {
            return (user.isEmpty() ? "a process of another user" : "a process of user " + user)
                    + ", which only that user and root can see";
        }
        StringBuilder text = new StringBuilder(gateway ? "another Loopgate" : name)
                .append(" (pid ")
                .append(pid);
        if (!user.isEmpty()) {
            text.append(", user ").append(user);
        }
        if (file.isPresent()) {
            text.append(", with ").append(file.get());
        } else if (!command.isEmpty()) {
            text.append(": ").append(command);
        }
        return text.append(')').toString();
    }
}
