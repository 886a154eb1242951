package dev.loopgate.net;

/**
 * The process that has a port.
 *
 * @param pid its process id; 0 where the system tells only its owner and root
 * @param name the program's name, such as {@code node}; empty where the system does not tell
 * @param command its command line, shortened to what fits a message; empty where the system does not tell
 * @param user who runs it; empty where the system does not tell
 * @param gateway whether it is another Loopgate
 */
public record PortHolder(long pid, String name, String command, String user, boolean gateway) {

    /** As in a message: {@code node (pid 4242, user ann: node server.js)}. */
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
        if (!command.isEmpty()) {
            text.append(": ").append(command);
        }
        return text.append(')').toString();
    }
}
