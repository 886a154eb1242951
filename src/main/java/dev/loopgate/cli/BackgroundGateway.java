package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.devserver.Guard;
import dev.loopgate.diagnose.Printable;
import dev.loopgate.diagnose.SystemPortHolders;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.PortHolder;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A gateway of its own session that nobody has to look after: it binds loopback only, writes what it says to a file, and
 * ends a minute after the last project has left it.
 */
final class BackgroundGateway {

    private static final String ALONE_SECONDS = "60";
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration RIVAL = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 30;
    private static final long LARGEST_LOG = 4 << 20;
    private static final int TOLD_LINES = 12;

    /** The shell starts it and ends, so that it is nobody's child; setsid has taken both away from the terminal. */
    private static final String DETACH = "\"$@\" >>\"$0\" 2>&1 </dev/null & echo $!";

    private static final String PERL_SETSID = "use POSIX; POSIX::setsid(); exec @ARGV";

    private final Surroundings surroundings;
    private final ControlClient client;
    private final int port;

    /** @param port where it is going to listen */
    BackgroundGateway(Surroundings surroundings, ControlClient client, int port) {
        this.surroundings = surroundings;
        this.client = client;
        this.port = port;
    }

    /** Whether somebody has its port: another that is just starting, or a stranger. */
    static boolean portAnswers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 300);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    /**
     * Starts it, and waits until it takes commands. Of several that are started at once one gets the port, and the others
     * take that one.
     *
     * @param file the configuration that was asked for
     * @param other finds a gateway that somebody else has started
     * @throws CommandFailure where there is none in the end
     */
    RunningGateway start(Optional<Path> file, Supplier<Optional<RunningGateway>> other) {
        Path log = log();
        try {
            long before = Files.exists(log) ? Files.size(log) : 0;
            long pid = launch(log, file);
            long end = System.nanoTime() + START.toNanos();
            while (System.nanoTime() - end < 0) {
                Optional<RunningGateway> started = client.ofProcess(pid);
                if (started.isPresent()) {
                    return started.get();
                }
                if (ProcessHandle.of(pid).filter(BackgroundGateway::runs).isEmpty()) {
                    return rival(other, log, before);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            throw failure(ExitStatus.FAILED, log, before);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "no gateway can be started in the background: " + e.getMessage(),
                    "to start one by hand: loopgate run");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitStatus.FAILED, "interrupted while the gateway was starting");
        }
    }

    /** In a container that nobody reaps in, one that has ended stays, without a command. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private RunningGateway rival(Supplier<Optional<RunningGateway>> other, Path log, long before)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + RIVAL.toNanos();
        boolean asked = false;
        do {
            Optional<RunningGateway> found = other.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (!asked) {
                asked = true;
                Optional<PortHolder> holder = new SystemPortHolders()
                        .holderOf(
                                Protocol.TCP,
                                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
                if (holder.filter(who -> !who.gateway()).isPresent()) {
                    break;
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        } while (portAnswers(port) && System.nanoTime() - end < 0);
        throw failure(portAnswers(port) ? ExitStatus.PORT_TAKEN : ExitStatus.FAILED, log, before);
    }

    private long launch(Path log, Optional<Path> file) throws IOException {
        List<String> command = new ArrayList<>();
        if (program("setsid")) {
            command.add("setsid");
        } else if (program("perl")) {
            command.addAll(List.of("perl", "-e", PERL_SETSID));
        }
        command.addAll(List.of("sh", "-c", DETACH, log.toString()));
        command.addAll(launcher());
        command.addAll(List.of("run", "--ends-alone-after", ALONE_SECONDS));
        file.ifPresent(named -> command.addAll(List.of("--config", named.toString())));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(surroundings.workingDirectory().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove(Guard.VARIABLE);
        Process process = builder.start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            String pid = lines.readLine();
            if (pid == null || !pid.matches("[0-9]+")) {
                throw new IOException("the shell did not start it");
            }
            return Long.parseLong(pid);
        }
    }

    /** The launcher that started this process; without one, the same Java with the same classes. */
    private static List<String> launcher() {
        String path = System.getProperty("loopgate.launcher", "");
        return path.isEmpty() || !Files.isExecutable(Path.of(path))
                ? List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path", ""),
                        "dev.loopgate.cli.Main")
                : List.of(path);
    }

    private boolean program(String name) {
        String path = surroundings.environment().apply("PATH");
        for (String folder : (path == null ? "/usr/bin:/bin" : path).split(File.pathSeparator, -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
                return true;
            }
        }
        return false;
    }

    /** {@code loopgate/gateway.log} in {@code $XDG_STATE_HOME}, or in {@code ~/.local/state}. */
    private Path log() {
        String state = surroundings.environment().apply("XDG_STATE_HOME");
        String home = surroundings.environment().apply("HOME");
        Path folder = state != null && state.startsWith("/")
                ? Path.of(state)
                : Path.of(home != null && home.startsWith("/") ? home : System.getProperty("java.io.tmpdir"))
                        .resolve(".local/state");
        Path log = folder.resolve("loopgate").resolve("gateway.log");
        try {
            Files.createDirectories(folder.resolve("loopgate"));
            if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
                Files.move(log, log.resolveSibling("gateway.log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitStatus.FAILED, "the log of a gateway in the background cannot be written: " + e.getMessage());
        }
        return log;
    }

    /** With its own words: it knows best why it has not started. */
    private static CommandFailure failure(int status, Path log, long before) throws IOException {
        byte[] all = Files.readAllBytes(log);
        int from = (int) Math.min(before, all.length);
        String text = new String(all, from, all.length - from, StandardCharsets.UTF_8);
        List<String> said = text.lines()
                .map(Printable::of)
                .filter(line -> !line.isEmpty())
                .map(line -> line.replaceFirst("^loopgate: ", ""))
                .toList();
        List<String> lines = new ArrayList<>();
        lines.add("the gateway could not be started in the background");
        lines.addAll(said.subList(Math.max(0, said.size() - TOLD_LINES), said.size()));
        lines.add("all it said is in " + log);
        return new CommandFailure(status, lines);
    }
}
