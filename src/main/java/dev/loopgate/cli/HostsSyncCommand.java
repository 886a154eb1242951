package dev.loopgate.cli;

import dev.loopgate.config.LockedFile;
import dev.loopgate.diagnose.HostsFile;
import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.machine.HostsText;
import dev.loopgate.machine.Platform;
import dev.loopgate.net.Printable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code loopgate hosts sync}. */
@Command(
        name = "sync",
        header = "Write the names that the system does not know into the hosts file.",
        description = {
            "",
            "The names of the configuration and of the running gateways, as lines of a marked block, for 127.0.0.1 and ::1.",
            "Names that the resolver knows are not written, and lines of others are never changed. Wildcards are impossible",
            "in a hosts file. Names of loopgate exec go with the next sync after it has ended. --remove puts the file back",
            "as it was.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate hosts sync --dry-run",
            "          sudo loopgate hosts sync --config loopgate.yaml",
            "Exit status: 0 the file is as it should be, 1 it cannot be written, 3 the configuration is invalid."
        })
final class HostsSyncCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Terminal terminal;
    private final ServedNames served;

    @Option(names = "--dry-run", description = "Print what would change, and change nothing. Needs no rights.")
    boolean dryRun;

    @Option(
            names = "--remove",
            description = "Take out every line that Loopgate has written; with --config: those of that file only.")
    boolean remove;

    @Option(names = "--file", paramLabel = "FILE", description = "The hosts file. Without it: that of the system.")
    @Nullable
    Path hosts;

    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    JsonOption json = new JsonOption();

    HostsSyncCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
        this.served = new ServedNames(surroundings);
    }

    @Override
    public Integer call() {
        Path file = hosts == null
                ? HostsFile.ofSystem(surroundings.environment()).path()
                : surroundings.workingDirectory().resolve(hosts);
        byte[] seen = read(file);
        HostsText before = parse(seen, file);
        Map<String, Set<String>> wanted = remove ? Map.of() : wanted(before);
        HostsPlan plan = remove
                ? HostsPlan.removal(before, config.file().map(served::owner))
                : HostsPlan.of(before, file.toString(), wanted);
        if (plan.changes() && !dryRun) {
            write(file, seen, plan);
        }
        if (json.wanted) {
            JsonOption.print(terminal, json(file, plan));
        } else {
            tell(file, plan);
        }
        return ExitStatus.DONE;
    }

    private Map<String, Set<String>> wanted(HostsText before) {
        Map<String, Set<String>> wanted = served.byOwner(config.file());
        boolean nobody = wanted.keySet().stream().allMatch(ServedNames.NO_FILE::equals)
                && wanted.values().stream().allMatch(Set::isEmpty);
        if (nobody && before.namesOf(ServedNames.NO_FILE).isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "there is no configuration, and no gateway is running: no names are known",
                    "name a configuration with --config FILE");
        }
        return wanted;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new CommandFailure(ExitStatus.FAILED, "there is no file " + file);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, file + " cannot be read: " + reason(e));
        }
    }

    private static HostsText parse(byte[] content, Path file) {
        try {
            return HostsText.of(content);
        } catch (IOException broken) {
            throw new CommandFailure(ExitStatus.FAILED, file + ": " + broken.getMessage());
        }
    }

    private void write(Path file, byte[] seen, HostsPlan plan) {
        try {
            if (!Files.isWritable(file)) {
                throw new AccessDeniedException(file.toString());
            }
            LockedFile.change(file, before -> {
                if (!before.map(now -> Arrays.equals(seen, now)).orElse(false)) {
                    throw new IOException("somebody else has just written to it: try again");
                }
                return Optional.of(plan.after().bytes());
            });
        } catch (AccessDeniedException denied) {
            List<String> lines = new ArrayList<>();
            lines.add(file + " is not yours to write");
            lines.add(
                    Platform.current() == Platform.WINDOWS
                            ? "in a terminal that was started as administrator: " + again()
                            : "to do it: sudo " + again());
            if (!plan.after().block().isEmpty()) {
                lines.add("or put these lines at the end of it yourself:");
                plan.after().block().forEach(lines::add);
            }
            throw new CommandFailure(ExitStatus.FAILED, lines);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, file + " cannot be written: " + reason(e));
        }
    }

    /** This command for somebody else, who has another home and perhaps another path. */
    private String again() {
        List<String> words = new ArrayList<>(Launcher.words());
        words.addAll(List.of("hosts", "sync"));
        if (remove) {
            words.add("--remove");
        }
        config.file().ifPresent(file -> words.addAll(List.of("--config", served.owner(file))));
        if (hosts != null) {
            words.addAll(List.of("--file", served.owner(hosts)));
        }
        return ShellCommand.of(words);
    }

    private static String reason(IOException failure) {
        String reason = failure instanceof java.nio.file.FileSystemException system && system.getReason() != null
                ? system.getReason()
                : failure.getMessage();
        return Printable.of(String.valueOf(reason));
    }

    private void tell(Path file, HostsPlan plan) {
        plan.left().forEach((name, why) -> terminal.warn(HostName.printable(name) + " is left out: " + why));
        if (plan.left().keySet().stream().anyMatch(name -> name.startsWith("*."))) {
            terminal.say(
                    "  for all names below localhost, have the system know them: sudo apt install libnss-myhostname");
            terminal.say("  for those below another name, a DNS server such as dnsmasq has wildcards");
        }
        if (!plan.changes()) {
            terminal.say(file + " is as it should be");
            return;
        }
        if (dryRun) {
            LineDiff.lines(file.toString(), text(plan.before()), text(plan.after()), terminal.outStyle())
                    .forEach(terminal::result);
            return;
        }
        plan.added().forEach(name -> terminal.result(terminal.outStyle().green("+") + " " + name));
        plan.removed().forEach(name -> terminal.result(terminal.outStyle().red("-") + " " + name));
        terminal.say("wrote " + file + (remove ? "" : "; to undo it: sudo loopgate hosts sync --remove"));
        Platform.current()
                .afterHostsChange()
                .forEach(command -> terminal.say("  should a program not see it: " + command));
    }

    private static String text(HostsText hosts) {
        return new String(hosts.bytes(), StandardCharsets.UTF_8);
    }

    private JsonObject json(Path file, HostsPlan plan) {
        JsonArray left = new JsonArray();
        plan.left()
                .forEach((name, why) ->
                        left.add(new JsonObject().put("name", name).put("reason", why)));
        return new JsonObject()
                .put("file", file.toString())
                .put("changed", plan.changes() && !dryRun)
                .put("names", new JsonArray(List.copyOf(plan.names())))
                .put("added", new JsonArray(plan.added()))
                .put("removed", new JsonArray(plan.removed()))
                .put("left", left);
    }
}
