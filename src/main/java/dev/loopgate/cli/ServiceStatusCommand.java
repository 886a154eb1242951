package dev.loopgate.cli;

import dev.loopgate.machine.LoginService;
import dev.loopgate.machine.ServiceControl;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code loopgate service status}. */
@Command(
        name = "status",
        header = "Tell whether the service is installed, starts with your login, and runs.",
        footer = {
            "",
            "Example:  loopgate service status --json",
            "Exit status: 0 it is installed, current, enabled and running; 1 it is not."
        })
final class ServiceStatusCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Terminal terminal;

    @Mixin
    JsonOption json = new JsonOption();

    ServiceStatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
    }

    @Override
    public Integer call() {
        Path nothing = surroundings.workingDirectory().resolve("loopgate.yaml");
        Optional<Path> config = InstalledService.installed(InstalledService.service(surroundings, nothing));
        LoginService service = InstalledService.service(surroundings, config.orElse(nothing));
        ServiceControl.State state;
        try {
            state = new ServiceControl(service).state();
        } catch (IOException e) {
            throw InstalledService.failed(service, e);
        }
        if (json.wanted) {
            JsonObject result = new JsonObject()
                    .put("manager", service.manager())
                    .put("path", service.file().toString())
                    .put("installed", state.installed())
                    .put("current", state.current())
                    .put("enabled", state.enabled())
                    .put("active", state.active());
            config.ifPresent(file -> result.put("file", file.toString()));
            JsonOption.print(terminal, result);
        } else if (state.installed()) {
            terminal.result("  service      " + service.file());
            config.ifPresent(file -> terminal.result("  file         " + file));
            terminal.result(
                    "  current      " + word(state.current(), "yes", "no: loopgate service install writes it anew"));
            terminal.result(
                    "  with login   " + word(state.enabled(), "yes", "no: loopgate service install enables it"));
            terminal.result("  running      " + word(state.active(), "yes", "no: loopgate service install starts it"));
        } else {
            terminal.result("not installed: loopgate service install   (would be " + service.file() + ")");
        }
        return state.installed() && state.current() && state.enabled() && state.active()
                ? ExitStatus.DONE
                : ExitStatus.FAILED;
    }

    private String word(boolean good, String yes, String no) {
        return good ? terminal.outStyle().green(yes) : terminal.outStyle().red(no);
    }
}
