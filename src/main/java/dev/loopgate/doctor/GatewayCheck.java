package dev.loopgate.doctor;

import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.doctor.Circumstances.DeadSocket;
import dev.loopgate.doctor.Circumstances.Running;
import dev.loopgate.doctor.Circumstances.Setup;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.JobControl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The gateways of this user: which run, what they say is wrong, and what those have left that ended without a word. */
record GatewayCheck(List<Setup> setups, List<DeadSocket> sockets) implements Check {

    private static final Pattern PID = Pattern.compile("(\\d+)(?:-\\d+)?[.]sock");

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        for (Setup setup : setups) {
            setup.gateway().ifPresent(gateway -> running(setup, gateway, findings));
        }
        if (setups.stream().allMatch(setup -> setup.gateway().isEmpty())) {
            findings.add(Finding.info(name(), "no gateway runs").fix("loopgate run"));
        }
        sockets.forEach(socket -> findings.add(dead(socket)));
        setups.forEach(setup -> problems(setup).ifPresent(findings::add));
        return findings;
    }

    /** Of the file; empty where it has none. */
    static Optional<Finding> problems(Setup setup) {
        int more = setup.problems().size() - 1;
        return setup.problems().stream()
                .findFirst()
                .map(first -> Finding.fail("file", first + (more > 0 ? ", and " + more + " more problems" : ""))
                        .fix(ShellCommand.of("loopgate", "check", "--config", setup.name())));
    }

    private void running(Setup setup, Running gateway, List<Finding> findings) {
        findings.add(Finding.ok(
                name(),
                "pid " + gateway.pid() + " runs " + setup.name() + " on "
                        + gateway.listeners().stream().map(Addresses::text).collect(Collectors.joining(", "))));
        gateway.troubles()
                .forEach(trouble ->
                        findings.add(Finding.fail(name(), trouble.evidence()).fix(trouble.fix())));
    }

    private Finding dead(DeadSocket dead) {
        if (dead.left()) {
            return Finding.warn(name(), dead.socket() + " is left from a gateway that was ended by force")
                    .fix(ShellCommand.of("rm", dead.socket().toString()));
        }
        Matcher pid = PID.matcher(String.valueOf(dead.socket().getFileName()));
        if (pid.matches() && JobControl.isStopped(Long.parseLong(pid.group(1)))) {
            return Finding.fail(
                            name(), "pid " + pid.group(1) + " is a gateway that is stopped (Ctrl-Z): it serves nobody")
                    .fix("kill -CONT " + pid.group(1));
        }
        return Finding.warn(
                name(), "the gateway of " + dead.socket() + " does not answer: it is just starting, ending, or hangs");
    }
}
