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
    private Map<String, String> variables;
    private volatile @Nullable Attachment current;
    private volatile @Nullable CommandFailure failure;

    private AttachedFile(Surroundings surroundings, Located.Found found) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
        this.found = found;
        this.file = surroundings.workingDirectory().resolve(found.file()).normalize();
        this.name = project(file);
        this.variables = Map.of();
    }

    /** @throws CommandFailure with every problem of the file */
    static AttachedFile read(Surroundings surroundings, Located.Found found) {
        AttachedFile project = new AttachedFile(surroundings, found);
        Map<String, String> used = new TreeMap<>();
        if (project.look(used) instanceof ReadResult.Invalid invalid) {
            ConfigurationInput.tellProblems(surroundings.terminal(), invalid.problems());
            throw new CommandFailure(ExitStatus.INVALID_CONFIGURATION, ConfigurationInput.summary(invalid.problems()));
        }
        project.variables = used;
        return project;
    }

    /**
     * Has it served until a signal comes.
     *
     * @param json whether the result is for machines
     * @throws CommandFailure where the gateway does not take it
     */
    int serve(ControlClient client, RunningGateway gateway, boolean json, StopSignals signals) {
        Attachment first = attach(client, gateway);
        if (json) {
            JsonOption.print(terminal, first.result());
        } else {
            new RouteTable(terminal.outStyle()).lines(first.result()).forEach(terminal::result);
        }
        terminal.out().flush();
        tell(gateway, first.result());
        Thread keeper = new Thread(() -> keep(client, gateway, first, signals), "loopgate-attach");
        keeper.setDaemon(true);
        keeper.start();
        signals.await();
        CommandFailure failed = failure;
        if (failed != null) {
            throw failed;
        }
        Attachment last = current;
        if (last != null) {
            last.close();
        }
        return ExitStatus.DONE;
    }

    private Attachment attach(ControlClient client, RunningGateway gateway) {
        AttachRequest request = new AttachRequest(
                name,
                Optional.of(file),
                Optional.empty(),
                variables(),
                found.way().loopbackOnly(),
                ProcessHandle.current().pid());
        try {
            Attachment attached = client.attach(gateway, request, this::heard);
            current = attached;
            return attached;
        } catch (AttachRefused refused) {
            refused.problems().forEach(terminal::say);
            throw new CommandFailure(
                    refused.invalid() ? ExitStatus.INVALID_CONFIGURATION : ExitStatus.FAILED,
                    found.file() + " is not attached to the gateway with pid " + gateway.pid());
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, "the gateway did not take it: " + e.getMessage());
        }
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

    private void keep(ControlClient client, RunningGateway gateway, Attachment first, StopSignals signals) {
        try {
            Attachment attached = first;
            while (true) {
                attached.ended().toCompletableFuture().get();
                terminal.say("the gateway has ended; waiting for it to come back (Ctrl-C ends this, too)");
                RunningGateway next = await(client, gateway);
                attached = attach(client, next);
                tell(next, attached.result());
            }
        } catch (CommandFailure e) {
            failure = e;
            signals.stop();
        } catch (ExecutionException | InterruptedException e) {
            signals.stop();
        }
    }

    /** One that runs on the same file, or without any as this one did. */
    private static RunningGateway await(ControlClient client, RunningGateway gone) throws InterruptedException {
        while (true) {
            for (RunningGateway gateway : client.running()) {
                if (gateway.file().equals(gone.file())) {
                    return gateway;
                }
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    /** What the gateway has to say of it. */
    private void heard(JsonObject event) {
        JsonObject report = event.getJsonObject("reloaded");
        if (report != null) {
            StatusLists.strings(report, "warnings").forEach(terminal::warn);
            terminal.say(terminal.errStyle().green("reloaded ") + found.file() + ": " + report.getString("text"));
            new ListenLines(terminal.errStyle()).ofReload(report).forEach(terminal::say);
        } else if (event.containsKey("problems")) {
            if (!sentVariables()) {
                List<String> problems = StatusLists.strings(event, "problems");
                problems.forEach(terminal::say);
                terminal.say(terminal.errStyle().red("not reloaded ") + found.file() + ": " + problems.size()
                        + (problems.size() == 1 ? " problem" : " problems") + "; still serving what it said before");
            }
        } else if (event.containsKey("notice")) {
            terminal.warn(event.getString("notice"));
        }
    }

    /** An edit may name a variable that this process has and the gateway was not given. */
    private boolean sentVariables() {
        Map<String, String> used = new TreeMap<>();
        look(used);
        Attachment attached = current;
        if (attached == null || variables().entrySet().containsAll(used.entrySet())) {
            return false;
        }
        synchronized (this) {
            variables = used;
        }
        try {
            attached.use(used);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private synchronized Map<String, String> variables() {
        return variables;
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
