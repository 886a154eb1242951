package dev.loopgate.cli;

import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.machine.LoginService;
import dev.loopgate.machine.ServiceControl;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code loopgate service uninstall}. */
@Command(
        name = "uninstall",
        header = "End the service and remove every trace of it.",
        footer = {"", "Example:  loopgate service uninstall", "Exit status: 0 there is none any more, 1 it failed."})
final class ServiceUninstallCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(names = "--dry-run", description = "Print what would be run and removed, and do neither.")
    boolean dryRun;

    ServiceUninstallCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Terminal terminal = surroundings.terminal();
        LoginService service = InstalledService.service(
                surroundings, surroundings.workingDirectory().resolve("loopgate.yaml"));
        if (InstalledService.installed(service).isEmpty()) {
            terminal.say("there is no service to remove");
            return ExitStatus.DONE;
        }
        if (dryRun) {
            service.stop().forEach(command -> terminal.result(ShellCommand.of(command)));
            terminal.result(ShellCommand.of("rm", service.file().toString()));
            service.forget().forEach(command -> terminal.result(ShellCommand.of(command)));
            return ExitStatus.DONE;
        }
        try {
            new ServiceControl(service).uninstall();
        } catch (IOException e) {
            throw InstalledService.failed(service, e);
        }
        terminal.result("removed " + service.file());
        return ExitStatus.DONE;
    }
}
