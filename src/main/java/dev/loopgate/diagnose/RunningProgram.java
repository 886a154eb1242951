package dev.loopgate.diagnose;

import dev.loopgate.net.PortHolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
    static Optional<RunningProgram> of(long pid) {
        return ProcessHandle.of(pid).map(handle -> {
            ProcessHandle.Info info = handle.info();
            Path proc = Path.of("/proc", Long.toString(pid));
            String command = Printable.of(text(proc.resolve("cmdline"))
                    .map(words -> words.replace('\0', ' '))
                    .or(info::commandLine)
                    .orElse(""));
            String name = Printable.of(text(proc.resolve("comm"))
                    .or(() -> info.command()
                            .map(program -> Path.of(program).getFileName().toString()))
                    .orElse(""));
            return new RunningProgram(
                    new PortHolder(
                            pid,
                            name,
                            SystemPortHolders.shorten(command),
                            info.user().orElse(""),
                            SystemPortHolders.isGateway(command)),
                    directory(proc),
                    info.startInstant());
        });
    }

    /** Whether this very process still runs. */
    boolean alive() {
        return ProcessHandle.of(holder.pid())
                .filter(ProcessHandle::isAlive)
                .map(handle -> handle.info().startInstant().equals(started))
                .orElse(false);
    }

    /** Whether it does nothing until it is continued, as after Ctrl-Z (job control); false where the system does not tell. */
    boolean stopped() {
        // The name, in parentheses, may hold anything: the state follows the last of them (proc(5)).
        return text(Path.of("/proc", Long.toString(holder.pid()), "stat"))
                .map(stat -> stat.substring(stat.lastIndexOf(')') + 1).strip())
                .filter(rest -> rest.startsWith("T") || rest.startsWith("t"))
                .isPresent();
    }

    /** Whether the process with this folder below {@code /proc} works where this one does, or did. */
    boolean sharesFolder(Path process) {
        return directory.isPresent() && directory(process).equals(directory);
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

    private static Optional<Path> directory(Path proc) {
        try {
            return Optional.of(Files.readSymbolicLink(proc.resolve("cwd")));
        } catch (IOException notLinuxOrNotOurs) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip())
                    .filter(text -> !text.isEmpty());
        } catch (IOException notLinuxOrGone) {
            return Optional.empty();
        }
    }
}
