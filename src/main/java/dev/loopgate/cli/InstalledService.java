package dev.loopgate.cli;

import dev.loopgate.machine.LaunchAgent;
import dev.loopgate.machine.LoginService;
import dev.loopgate.machine.Platform;
import dev.loopgate.machine.ServiceControl;
import dev.loopgate.machine.SystemdUnit;
import dev.loopgate.machine.WindowsTask;
import dev.loopgate.net.Printable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The service as this system wants it. */
final class InstalledService {

    private InstalledService() {}

    /** @param config the configuration that it is to run; absolute */
    static LoginService service(Surroundings surroundings, Path config) {
        LoginService.Job job = new LoginService.Job(
                Launcher.words(),
                config,
                value(surroundings, "LOOPGATE_JAVA_HOME")
                        .or(() -> value(surroundings, "JAVA_HOME"))
                        .orElse(""));
        return switch (Platform.current()) {
            case LINUX ->
                SystemdUnit.of(
                        job,
                        value(surroundings, "XDG_CONFIG_HOME")
                                .filter(path -> path.startsWith("/"))
                                .map(Path::of)
                                .orElseGet(() -> home(surroundings).resolve(".config")));
            case MACOS -> LaunchAgent.of(job, home(surroundings), user(home(surroundings)));
            case WINDOWS ->
                WindowsTask.of(
                        job,
                        Path.of(value(surroundings, "LOCALAPPDATA")
                                .orElseGet(() -> home(surroundings).toString())),
                        value(surroundings, "USERDOMAIN")
                                        .map(domain -> domain + "\\")
                                        .orElse("")
                                + System.getProperty("user.name", ""));
        };
    }

    /**
     * What is in the place of its file.
     *
     * @return the configuration that it is for; empty where nothing is there
     * @throws CommandFailure where somebody else has put something there, or it cannot be read
     */
    static Optional<Path> installed(LoginService service) {
        try {
            Optional<String> text = new ServiceControl(service).written();
            Optional<Path> config = text.flatMap(LoginService::wrote);
            if (text.isPresent() && config.isEmpty()) {
                throw new CommandFailure(
                        ExitStatus.FAILED,
                        service.file() + " was not written by Loopgate, and is left alone",
                        "to have Loopgate write it, move that file away");
            }
            return config;
        } catch (IOException e) {
            throw failed(service, e);
        }
    }

    static CommandFailure failed(LoginService service, IOException failure) {
        String said = failure instanceof FileSystemException file && file.getReason() != null
                ? file.getFile() + ": " + file.getReason()
                : String.valueOf(failure.getMessage());
        return new CommandFailure(ExitStatus.FAILED, "the service of " + service.manager() + ": " + Printable.of(said));
    }

    /** What to do where nothing starts services for this user. */
    static CommandFailure unavailable(LoginService service) {
        return new CommandFailure(
                ExitStatus.FAILED,
                service.manager() + " does not run services for this user here, so nothing would start with a login",
                "behind sudo or su: log in as that user instead, for example with machinectl shell USER@",
                "in WSL: [boot] systemd=true in /etc/wsl.conf, then wsl --shutdown; in a container: loopgate run",
                "to see what would be written: loopgate service install --dry-run");
    }

    private static Path home(Surroundings surroundings) {
        return Path.of(value(surroundings, "HOME").orElseGet(() -> System.getProperty("user.home", "/")));
    }

    private static String user(Path home) {
        try {
            return String.valueOf(Files.getAttribute(home, "unix:uid"));
        } catch (IOException | UnsupportedOperationException unknown) {
            return "501";
        }
    }

    private static Optional<String> value(Surroundings surroundings, String variable) {
        return Optional.ofNullable(surroundings.environment().apply(variable)).filter(value -> !value.isEmpty());
    }
}
