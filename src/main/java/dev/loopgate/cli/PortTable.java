package dev.loopgate.cli;

import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.OpenPort.Owner;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Printable;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who listens where: a line for each port, and one for what runs there. */
final class PortTable {

    private static final int PORT_WIDTH = "udp 65535  ".length();

    /** With its folder; cut, it fits a terminal of 120 columns, and takes two lines of a usual one. */
    private static final int LONGEST_COMMAND = 108;

    /** So many neighbours are a range: somebody meant them as one. */
    private static final int MANY = 8;

    private final Style style;
    private final @Nullable Path home;
    private final Commands commands;

    /** How commands are shown. */
    enum Commands {
        /** As they were typed, and no longer than a terminal shows well. */
        CUT,
        /** As they were typed. */
        TYPED,
        /** With what the launcher of a Loopgate adds. */
        WHOLE
    }

    /**
     * @param home written as {@code ~}
     */
    PortTable(Style style, @Nullable String home, Commands commands) {
        this.style = style;
        this.home = home == null || home.isEmpty() ? null : Path.of(home);
        this.commands = commands;
    }

    List<String> lines(List<OpenPort> ports) {
        List<Run> runs = runs(ports);
        Columns columns = new Columns();
        for (Run run : runs) {
            String name = run.text();
            String who = name + " ".repeat(Math.max(1, PORT_WIDTH - name.length())) + who(run.first);
            String what = run.count() == 1 ? what(run.first) : "";
            columns.add(who, style.bold(name) + who.substring(name.length()), "   " + where(run.first) + what);
        }
        List<String> first = columns.lines();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            lines.add(first.get(i));
            runs.get(i)
                    .first
                    .process()
                    .ifPresent(process -> lines.add(" ".repeat(PORT_WIDTH) + style.dim(running(process))));
        }
        return lines;
    }

    /** Neighbouring ports of one process, on the same addresses. */
    private record Run(OpenPort first, int last) {

        int count() {
            return last - first.port() + 1;
        }

        boolean goesOnWith(OpenPort next) {
            return next.port() == last + 1
                    && next.protocol() == first.protocol()
                    && next.process().equals(first.process())
                    && next.user().equals(first.user())
                    && next.addresses().equals(first.addresses());
        }

        String text() {
            return first.protocol() + " " + first.port() + (last == first.port() ? "" : "-" + last);
        }
    }

    /** Where many are alike, they are one; TCP and UDP alternate by port, and each has its own. */
    private static List<Run> runs(List<OpenPort> ports) {
        List<Run> runs = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            List<OpenPort> own =
                    ports.stream().filter(port -> port.protocol() == protocol).toList();
            for (int i = 0; i < own.size(); ) {
                Run run = new Run(own.get(i), own.get(i).port());
                int next = i + 1;
                while (next < own.size() && run.goesOnWith(own.get(next))) {
                    run = new Run(run.first, own.get(next).port());
                    next++;
                }
                if (run.count() >= MANY) {
                    runs.add(run);
                } else {
                    own.subList(i, next).forEach(port -> runs.add(new Run(port, port.port())));
                }
                i = next;
            }
        }
        runs.sort(Comparator.comparingInt((Run run) -> run.first.port()).thenComparing(run -> run.first.protocol()));
        return runs;
    }

    private static String who(OpenPort port) {
        return port.process()
                .map(process -> (process.gateway() ? "loopgate" : process.name()) + ", pid " + process.pid() + ", "
                        + process.user())
                .orElseGet(() -> port.user().map(user -> "a process of " + user).orElse("a process of somebody else"));
    }

    private String where(OpenPort port) {
        String addresses = port.addresses().stream().map(PortTable::text).collect(Collectors.joining(" "));
        return switch (port.scope()) {
            case LOOPBACK -> addresses;
            case CONTAINERS -> addresses + " for containers";
            case LAN, ALL -> addresses + style.bold(" OPEN TO THE NETWORK");
        };
    }

    private static String text(InetAddress address) {
        String text = Addresses.text(address);
        return address instanceof Inet6Address ? "[" + text + "]" : text;
    }

    private static String what(OpenPort port) {
        return port.title()
                .map(title -> "   \"" + title + "\"")
                .or(() -> port.service().map(service -> "   " + service))
                .orElse("");
    }

    private String running(Owner process) {
        String folder = process.project()
                .or(process::directory)
                .filter(path -> path.getNameCount() > 0)
                .map(path -> shown(path) + ": ")
                .orElse("");
        String line = folder
                + (commands == Commands.WHOLE
                        ? process.command().whole()
                        : process.command().typed());
        return commands != Commands.CUT || line.length() <= LONGEST_COMMAND
                ? line
                : line.substring(0, LONGEST_COMMAND - 1) + "…";
    }

    private String shown(Path folder) {
        Path place = home != null && folder.startsWith(home) ? Path.of("~").resolve(home.relativize(folder)) : folder;
        return Printable.kept(place.toString());
    }
}
