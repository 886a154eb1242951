package dev.loopgate.cli;

import dev.loopgate.admin.AttachRefused;
import dev.loopgate.admin.Attachment;
import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.DiskTexts;
import dev.loopgate.config.Located;
import dev.loopgate.config.ReadResult;
import dev.loopgate.gateway.AttachRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A project's file that a running gateway serves while this process lives; attached again to one that comes back. */
final class AttachedFile {

    /** Between two looks for a gateway that has gone. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Surroundings surroundings;
    private final Terminal terminal;
    private final Located.Found found;
    private final Path file;
    private final String name;
    private Map<String, String> variables = Map.of();
    private @Nullable Attachment current;
    private boolean leaving;

    private AttachedFile(Surroundings surroundings, Located.Found found) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
        this.found = found;
        this.file = surroundings.workingDirectory().resolve(found.file()).normalize();
        this.name = project(file);
    }

    /** @throws CommandFailure with every problem of the file, or where it is none that can be followed */
    static AttachedFile read(Surroundings surroundings, Located.Found found) {
        AttachedFile project = new AttachedFile(surroundings, found);
        if (Files.exists(project.file) && !Files.isRegularFile(project.file)) {
            throw new CommandFailure(
                    ExitStatus.INVALID_CONFIGURATION,
                    found.file() + " is " + (Files.isDirectory(project.file) ? "a folder" : "a pipe or a device")
                            + ", and only a file can be followed",
                    "name a file: loopgate attach FILE");
        }
        if (project.look(new TreeMap<>()) instanceof ReadResult.Invalid invalid) {
            ConfigurationInput.tellProblems(surroundings.terminal(), invalid.problems());
            throw new CommandFailure(ExitStatus.INVALID_CONFIGURATION, ConfigurationInput.summary(invalid.problems()));
        }
        return project;
    }

    /**
     * Has it served, and again by the gateway that comes after this one, until {@link #leave}.
     *
     * @param json whether the result is for machines
     * @throws CommandFailure where the gateway does not take it
     */
    void attach(ControlClient client, RunningGateway gateway, boolean json) {
        Attachment first;
        try {
            first = request(client, gateway);
        } catch (AttachRefused refused) {
            refused.problems().forEach(terminal::say);
            throw new CommandFailure(
                    refused.invalid() ? ExitStatus.INVALID_CONFIGURATION : ExitStatus.FAILED,
                    found.file() + " is not attached to the gateway with pid " + gateway.pid());
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, "the gateway did not take it: " + e.getMessage());
        }
        if (json) {
            JsonOption.print(terminal, first.result());
        } else {
            new RouteTable(terminal.outStyle()).lines(first.result()).forEach(terminal::result);
        }
        terminal.out().flush();
        tell(gateway, first.result());
        Thread keeper = new Thread(() -> keep(client, gateway, first), "loopgate-attach");
        keeper.setDaemon(true);
        keeper.start();
    }

    /** Nothing of it is served any more, by no gateway that comes later either. */
    void leave() {
        Attachment last;
        synchronized (this) {
            leaving = true;
            last = current;
        }
        if (last != null) {
            last.close();
        }
    }

    private synchronized boolean leaving() {
        return leaving;
    }

    private Attachment request(ControlClient client, RunningGateway gateway) throws IOException {
        Map<String, String> used = new TreeMap<>();
        look(used);
        AttachRequest request = new AttachRequest(
                name,
                Optional.of(file),
                Optional.empty(),
                used,
                found.way().loopbackOnly(),
                ProcessHandle.current().pid());
        Attachment attached = client.attach(gateway, request, this::heard);
        boolean late;
        synchronized (this) {
            variables = used;
            current = attached;
            late = leaving;
        }
        if (late) {
            attached.close();
        }
        return attached;
    }

    private void tell(RunningGateway gateway, JsonObject result) {
        StatusLists.strings(result, "warnings").forEach(terminal::warn);
        List<String> ignored = StatusLists.strings(result, "ignored");
        if (!ignored.isEmpty()) {
            terminal.say(String.join(" and ", ignored) + " of " + found.file()
                    + (ignored.size() == 1 ? " has" : " have") + " no effect here: the gateway goes by its own file");
        }
        terminal.say(terminal.errStyle().green("attached ") + found.file() + " to the gateway "
                + gateway.file().map(own -> "of " + own + " ").orElse("") + "(pid " + gateway.pid()
                + ") until Ctrl-C");
    }

    private void keep(ControlClient client, RunningGateway gateway, Attachment first) {
        try {
            Attachment attached = first;
            while (true) {
                attached.ended().toCompletableFuture().get();
                if (leaving()) {
                    return;
                }
                terminal.say("the gateway has ended; waiting for it to come back (Ctrl-C ends this, too)");
                Optional<Attachment> next = again(client, gateway);
                if (next.isEmpty()) {
                    return;
                }
                attached = next.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Tries until one takes it: what is in its way may be mended meanwhile, and is told where it changes.
     *
     * @return empty where nobody wants it any more
     */
    private Optional<Attachment> again(ControlClient client, RunningGateway gone) throws InterruptedException {
        List<String> told = List.of();
        while (!leaving()) {
            List<String> problems = List.of();
            for (RunningGateway gateway : client.running()) {
                // One that runs on the same file, or without any as the one before did.
                if (!gateway.file().equals(gone.file())) {
                    continue;
                }
                try {
                    Attachment attached = request(client, gateway);
                    tell(gateway, attached.result());
                    return Optional.of(attached);
                } catch (AttachRefused refused) {
                    problems = refused.problems();
                } catch (IOException | RuntimeException ending) {
                    // It is just starting or ending, and is asked again; what nobody thought of must not end that.
                }
            }
            if (!problems.isEmpty() && !problems.equals(told)) {
                told = problems;
                problems.forEach(terminal::say);
                terminal.say(terminal.errStyle().red("not attached ") + found.file()
                        + "; it is tried again until the gateway takes it");
            }
            Thread.sleep(PAUSE.toMillis());
        }
        return Optional.empty();
    }

    /** What the gateway has to say of it. */
    private void heard(JsonObject event) {
        JsonObject report = event.getJsonObject("reloaded");
        if (report != null) {
            StatusLists.strings(report, "warnings").forEach(terminal::warn);
            terminal.say(terminal.errStyle().green("reloaded ") + found.file() + ": " + report.getString("text"));
            new ListenLines(terminal.errStyle()).ofReload(report).forEach(terminal::say);
            sendVariables();
        } else if (event.containsKey("problems")) {
            if (!sendVariables()) {
                List<String> problems = StatusLists.strings(event, "problems");
                problems.forEach(terminal::say);
                terminal.say(terminal.errStyle().red("not reloaded ") + found.file() + ": " + problems.size()
                        + (problems.size() == 1 ? " problem" : " problems") + "; still serving what it said before");
            }
        } else if (event.containsKey("notice")) {
            terminal.warn(event.getString("notice"));
        }
    }

    /**
     * An edit may name a variable that this process has and the gateway was not given.
     *
     * @return whether there was one, so that the gateway reads the file again
     */
    private boolean sendVariables() {
        Map<String, String> used = new TreeMap<>();
        look(used);
        Attachment attached;
        synchronized (this) {
            if (current == null || variables.entrySet().containsAll(used.entrySet())) {
                return false;
            }
            variables = used;
            attached = current;
        }
        try {
            attached.use(used);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    /** @param used takes the variables that it asks for */
    private ReadResult look(Map<String, String> used) {
        ConfigurationReader reader = new ConfigurationReader(variable -> {
            String value = surroundings.environment().apply(variable);
            if (value != null) {
                used.put(variable, value);
            }
            return value;
        });
        return reader.read(found.file(), new DiskTexts());
    }

    /** The folder that the file is about. */
    private static String project(Path file) {
        List<String> names = new ArrayList<>();
        file.forEach(part -> names.add(part.toString()));
        int folder = names.size() - 2;
        if (folder > 0 && names.get(folder).equals("conf")) {
            folder--;
        }
        return folder < 0 ? file.toString() : names.get(folder);
    }
}
