package dev.loopgate.config;

import dev.loopgate.config.Item.Entry;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.ServerCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The value of {@code run}: the dev servers of a project. */
final class RunReader {

    private static final Keys KEYS = new Keys("a dev server", List.of("command", "directory", "environment", "name"));

    private static final String COMMAND = "a command, such as npm run dev";
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Problems problems;
    private final Scalars scalars;
    private final HostNames names;

    RunReader(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
        names = new HostNames(problems);
    }

    List<ServerCommand> read(Item item) {
        List<ServerCommand> servers = new ArrayList<>();
        for (Entry entry : scalars.mappingOrNothing(item, "a map of dev servers, such as web: npm run dev")
                .entries()) {
            Scalar key = entry.key();
            if (!KEY.matcher(key.text()).matches()) {
                problems.error(
                        key.place(),
                        key.shown() + " is no name for a dev server",
                        "letters, digits and hyphens; its host goes to name");
            } else {
                server(key, entry.value()).ifPresent(servers::add);
            }
        }
        return servers;
    }

    private Optional<ServerCommand> server(Scalar key, Item item) {
        Path folder = Optional.ofNullable(key.place().file().toAbsolutePath().getParent())
                .orElse(Path.of("/"));
        if (!(item instanceof Mapping mapping)) {
            return scalars.scalar(item, COMMAND)
                    .map(command -> new ServerCommand(key.text(), command.text(), folder, Map.of(), Optional.empty()));
        }
        Fields fields = new Fields(mapping, KEYS, problems);
        if (!fields.has("command")) {
            problems.error(
                    mapping.place(), "the dev server " + key.shown() + " has no command", "command: npm run dev");
        }
        Optional<Scalar> command = fields.value("command").flatMap(value -> scalars.scalar(value, COMMAND));
        Optional<Path> directory = fields.value("directory").flatMap(value -> scalars.path(value, "a folder"));
        Map<String, String> environment = fields.value("environment")
                .map(value -> environment(scalars.mappingOrNothing(value, "a map of variables")))
                .orElse(Map.of());
        Optional<String> name = fields.value("name")
                .flatMap(value -> scalars.scalar(value, "a host name"))
                .flatMap(scalar -> names.name(scalar, scalar.text()));
        return command.map(
                text -> new ServerCommand(key.text(), text.text(), directory.orElse(folder), environment, name));
    }

    private Map<String, String> environment(Mapping mapping) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Entry entry : mapping.entries()) {
            Scalar name = entry.key();
            if (!VARIABLE.matcher(name.text()).matches()) {
                problems.error(name.place(), name.shown() + " is no name of a variable");
            } else if (Scalars.isNull(entry.value())) {
                variables.put(name.text(), "");
            } else {
                scalars.scalar(entry.value(), "a text").ifPresent(value -> variables.put(name.text(), value.text()));
            }
        }
        return variables;
    }
}
