package dev.loopgate.doctor;

import dev.loopgate.net.PortHolders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What the system itself does with a port: keeps it for the privileged, hands it to outgoing connections, or to nobody.
 *
 * @param taken whether somebody listens on it, and so has it
 * @param privileged whether this process may have any port
 */
record PortRangeCheck(
        int port, PortHolders rules, BooleanSupplier taken, boolean privileged, SystemCommands commands, String system)
        implements Check {

    @Override
    public String name() {
        return "port range";
    }

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        boolean free = !taken.getAsBoolean();
        Optional<String> kept = rules.privileged(port);
        if (kept.isPresent() && !privileged) {
            Finding finding = new Finding(
                    name(),
                    free ? Finding.Status.WARN : Finding.Status.INFO,
                    kept.get() + ", and " + port + " is one of them",
                    Optional.empty());
            findings.add(
                    free && system.contains("linux")
                            ? finding.fix("sudo sysctl net.ipv4.ip_unprivileged_port_start=" + port)
                            : finding);
        }
        rules.outgoing(port).ifPresent(range -> {
            Finding finding =
                    new Finding(name(), free ? Finding.Status.WARN : Finding.Status.INFO, range, Optional.empty());
            findings.add(free && system.contains("linux") ? finding.fix(reserve()) : finding);
        });
        if (system.contains("windows")) {
            commands.ask("netsh", "interface", "ipv4", "show", "excludedportrange", "protocol=tcp")
                    .printed()
                    .flatMap(printed -> WindowsRules.excludedRange(printed, port))
                    .ifPresent(range -> findings.add(Finding.fail(
                                    name(),
                                    "Windows keeps the ports " + range
                                            + " for itself (Hyper-V, WSL): nobody can listen on them")
                            .fix("net stop winnat & net start winnat")));
        }
        if (findings.isEmpty()) {
            findings.add(
                    Finding.ok(name(), "everybody may listen on " + port + ", and the system gives it to nobody else"));
        }
        return findings;
    }

    /** Those that are reserved already have to be named again. */
    private String reserve() {
        return "sudo sysctl net.ipv4.ip_local_reserved_ports=\"$(cat /proc/sys/net/ipv4/ip_local_reserved_ports),"
                + port + "\"";
    }
}
