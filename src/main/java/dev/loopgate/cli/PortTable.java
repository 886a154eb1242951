package dev.loopgate.cli;

import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.net.Addresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who listens where: a line for each port, and one for what runs there. */
final class PortTable {

    private static final String INDENT = "           ";

    private final Style style;
    private final @Nullable Path home;

    /** @param home written as {@code ~} */
    PortTable(Style style, @Nullable String home) {
        this.style = style;
        this.home = home == null || home.isEmpty() ? null : Path.of(home);
    }

    List<String> lines(List<OpenPort> ports) {
        Columns columns = new Columns();
        for (OpenPort port : ports) {
            String name = port.protocol() + " " + port.port();
            String who = name + " ".repeat(Math.max(1, INDENT.length() - name.length())) + who(port);
            columns.add(who, style.bold(name) + who.substring(name.length()), "   " + where(port) + what(port));
        }
        List<String> first = columns.lines();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            lines.add(first.get(i));
            ports.get(i)
                    .process()
                    .ifPresent(process -> lines.add(style.dim(INDENT
                            + process.project()
                                    .or(process::directory)
                                    .map(folder -> shown(folder) + ": ")
                                    .orElse("")
                            + process.command())));
        }
        return lines;
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

    private String shown(Path folder) {
        return home != null && folder.startsWith(home)
                ? Path.of("~").resolve(home.relativize(folder)).toString()
                : folder.toString();
    }
}
