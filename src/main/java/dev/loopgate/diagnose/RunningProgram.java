package dev.loopgate.diagnose;

import dev.loopgate.net.PortHolder;
import dev.loopgate.net.Printable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A process as people know it.
 *
 * @param directory that it works in; empty where the system does not tell
 * @param started tells it from another one that gets the same number later; empty where the system does not tell
 */
record RunningProgram(PortHolder holder, Optional<Path> directory, Optional<Instant> started) {

    /** Empty where there is no such process any more. Blocks for a moment. */
    static Optional<RunningProgram> of(Machine machine, long pid) {
        return machine.process(pid)
                .map(process -> new RunningProgram(process.holder(), process.directory(), started(pid)));
    }

    private static Optional<Instant> started(long pid) {
        return ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant());
    }

    /** Whether this very process still runs. */
    boolean alive() {
        return ProcessHandle.of(holder.pid()).filter(ProcessHandle::isAlive).isPresent()
                && started(holder.pid()).equals(started);
    }

    /** Whether it is the same program, started in the same way, but for numbers such as that of its port. */
    boolean isLike(RunningProgram other) {
        return directory.isPresent()
                && directory.equals(other.directory)
                && holder.name().equals(other.holder.name())
                && withoutNumbers(holder.command()).equals(withoutNumbers(other.holder.command()));
    }

    private static String withoutNumbers(String command) {
        return command.replaceAll("[0-9]+", "");
    }

    /** As in a message: {@code node (pid 4242, user ann: node server.js) in ~/shop}. */
    @Override
    public String toString() {
        return holder
                + directory
                        .filter(folder -> !folder.equals(folder.getRoot()))
                        .map(folder -> " in " + shown(folder))
                        .orElse("");
    }

    private static String shown(Path folder) {
        String home = System.getenv("HOME");
        String text = Printable.of(folder.toString());
        return home != null && home.length() > 1 && folder.startsWith(home)
                ? "~" + text.substring(home.replaceFirst("/$", "").length())
                : text;
    }
}
