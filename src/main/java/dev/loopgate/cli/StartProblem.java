package dev.loopgate.cli;

import dev.loopgate.gateway.BindProblem;
import dev.loopgate.gateway.StartFailure;
import dev.loopgate.net.PortHolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Why a gateway did not start, and what to do about it. */
final class StartProblem {

    private StartProblem() {}

    /** @param elsewhere how to have it listen on another port, as a line for people */
    static CommandFailure of(StartFailure failure, IntFunction<String> elsewhere) {
        List<String> lines = new ArrayList<>();
        lines.add(failure.getMessage());
        BindProblem problem = failure.problem().orElse(null);
        if (problem != null) {
            lines.addAll(problem.choices());
        }
        if (problem == null || !failure.portTaken()) {
            return new CommandFailure(ExitStatus.FAILED, lines);
        }
        Optional<PortHolder> holder = problem.holder();
        holder.filter(who -> who.gateway() && who.pid() > 0)
                .ifPresent(who -> lines.add("what that Loopgate serves:  loopgate routes --pid " + who.pid()));
        holder.filter(who -> who.pid() > 0).map(StartProblem::ending).ifPresent(lines::add);
        lines.add("or listen elsewhere" + elsewhere.apply(another(problem.address())));
        return new CommandFailure(ExitStatus.PORT_TAKEN, lines);
    }

    private static String ending(PortHolder holder) {
        if (!holder.name().equals("systemd")) {
            return "to stop it:  kill " + holder.pid();
        }
        String systemctl = holder.pid() == 1 ? "systemctl" : "systemctl --user";
        return "a .socket unit has it:  " + systemctl
                + " list-sockets  (its service is started by that unit, not by hand)";
    }

    private static int another(String address) {
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        return port < 65535 ? port + 1 : port - 1;
    }
}
