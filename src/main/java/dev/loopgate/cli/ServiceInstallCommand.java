package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.machine.LoginService;
import dev.loopgate.machine.Platform;
import dev.loopgate.machine.ServiceControl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code loopgate service install}. */
@Command(
        name = "install",
        header = "Start the gateway now and with each login.",
        description = {
            "",
            "A user has one such service: with another file, it is changed to that. It is a unit of the user's systemd, an",
            "agent of launchd, or a task of Windows. It is started again after a failure, except where that was the command",
            "line, the configuration or a port that is taken.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate service install --config loopgate.yaml",
            "          loopgate service install --dry-run",
            "Exit status: 0 it runs, 1 it cannot be installed or does not start, 3 the configuration is invalid."
        })
final class ServiceInstallCommand implements Callable<Integer> {

    private static final Duration START = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 100;

    private final Surroundings surroundings;
    private final Terminal terminal;

    @Option(names = "--dry-run", description = "Print what would be written and run, and do neither.")
    boolean dryRun;

    @Mixin
    ConfigOption config = new ConfigOption();

    ServiceInstallCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
    }

    @Override
    public Integer call() {
        ConfigurationInput input = new ConfigurationInput(surroundings);
        Path file = surroundings
                .workingDirectory()
                .resolve(input.require(config.file()))
                .toAbsolutePath()
                .normalize();
        if (file.toString().matches(".*\\p{Cntrl}.*")) {
            throw new CommandFailure(ExitStatus.FAILED, "the path of the configuration has a control character in it");
        }
        input.readValid(file);
        LoginService service = InstalledService.service(surroundings, file);
        if (dryRun) {
            terminal.say("would write " + service.file() + ":");
            terminal.out().print(service.text());
            terminal.say("and run:");
            service.start().forEach(command -> terminal.say("  " + ShellCommand.of(command)));
            return ExitStatus.DONE;
        }
        Optional<Path> before = InstalledService.installed(service);
        ServiceControl control = new ServiceControl(service);
        if (!control.available()) {
            throw InstalledService.unavailable(service);
        }
        try {
            ServiceControl.State state = control.state();
            Optional<RunningGateway> running = running(file);
            if (!state.active() && running.isPresent()) {
                throw new CommandFailure(
                        ExitStatus.FAILED,
                        "a gateway runs on that file already, as pid "
                                + running.get().pid() + ", and two cannot",
                        "end it first: kill " + running.get().pid());
            }
            if (!(state.current() && state.enabled() && state.active())) {
                before.filter(other -> !other.equals(file))
                        .ifPresent(other -> terminal.say("it was for " + other + " until now"));
                control.install();
                terminal.say("wrote " + service.file());
            }
        } catch (IOException e) {
            throw InstalledService.failed(service, e);
        }
        terminal.result("runs as pid " + await(file, service).pid() + " and starts with your login");
        if (Platform.current() == Platform.LINUX) {
            terminal.say("to have it start with the machine, before you log in: loginctl enable-linger");
            terminal.say("what it says: journalctl --user -u loopgate");
        }
        return ExitStatus.DONE;
    }

    private RunningGateway await(Path file, LoginService service) {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < end) {
            Optional<RunningGateway> running = running(file);
            if (running.isPresent()) {
                return running.get();
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new CommandFailure(
                ExitStatus.FAILED,
                "the service is installed, but its gateway does not answer",
                switch (Platform.current()) {
                    case LINUX -> "what it says: journalctl --user -u loopgate";
                    case MACOS -> "what it says is in ~/Library/Logs/loopgate.log";
                    case WINDOWS -> "what it says, by hand: loopgate run --config " + file;
                },
                "to take it out: loopgate service uninstall   (" + service.file() + ")");
    }

    private Optional<RunningGateway> running(Path file) {
        return GatewayChoice.client(surroundings).running().stream()
                .filter(gateway -> gateway.file().filter(file::equals).isPresent())
                .findFirst();
    }
}
