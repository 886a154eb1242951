package dev.loopgate.cli;

import dev.loopgate.config.Located;
import dev.loopgate.config.ReadResult;
import dev.loopgate.config.ReadSources;
import dev.loopgate.model.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code loopgate run}. */
@Command(
        name = "run",
        header = "Run the gateway in the foreground.",
        description = {
            "",
            "Prints each URL and forward once it listens, and takes changes of its configuration by itself.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate run --config loopgate.yaml",
            "",
            "SIGHUP reads the configuration again. SIGTERM and SIGINT (Ctrl-C) stop accepting and let what is",
            "under way finish for up to 10 s; a second one ends at once.",
            "Exit status: 0 stopped in order, 3 invalid configuration, 4 the port is taken, 1 anything else."
        })
final class RunCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final ConfigurationInput input;

    @Mixin
    ConfigOption config = new ConfigOption();

    /** Started by {@code exec}, and of no use without anybody who is. */
    @Option(names = "--ends-alone-after", hidden = true, paramLabel = "SECONDS")
    @Nullable
    Integer endsAlone;

    RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.input = new ConfigurationInput(surroundings);
    }

    @Override
    public Integer call() {
        Located located = input.locate(config.file());
        return located instanceof Located.Found found ? runFile(found) : runEmpty((Located.Nowhere) located);
    }

    private int runFile(Located.Found found) {
        ReadResult.Valid valid = input.readValid(found.file());
        String name = found.file().toString();
        Function<Configuration, ConfigurationView> view = ConfigurationView::whole;
        if (endsAlone != null) {
            view = configuration -> LoopbackOnly.ofImplicit(configuration, name);
        } else if (found.way().loopbackOnly()) {
            view = configuration -> LoopbackOnly.of(configuration, name);
        }
        Path absolute = surroundings.workingDirectory().resolve(found.file()).normalize();
        RunningConfiguration running =
                new RunningConfiguration(Optional.of(absolute), name, Optional.of(absolute), input.reader(), view);
        return new GatewayProcess(surroundings, running).run(valid, status -> List.of(), alone());
    }

    private int runEmpty(Located.Nowhere nowhere) {
        // Watched although it is not there yet: writing it is all that is left to do.
        Path file = surroundings.workingDirectory().resolve("loopgate.yaml");
        Function<Configuration, ConfigurationView> view = endsAlone == null
                ? ConfigurationView::whole
                : configuration -> LoopbackOnly.ofImplicit(configuration, "loopgate.yaml");
        RunningConfiguration running =
                new RunningConfiguration(Optional.of(file), "loopgate.yaml", Optional.empty(), input.reader(), view);
        return new GatewayProcess(surroundings, running)
                .run(
                        new ReadResult.Valid(Configuration.EMPTY, List.of(), new ReadSources(List.of(), List.of())),
                        status -> List.of(
                                "There is no configuration yet. Looked for: "
                                        + String.join(
                                                ", ",
                                                nowhere.lookedFor().stream()
                                                        .map(Path::toString)
                                                        .toList()),
                                "To serve localhost:3000 by a name, write this to " + file + " (it is taken at once):",
                                "",
                                "  hosts:",
                                "    app.localhost: 3000",
                                ""),
                        alone());
    }

    private Duration alone() {
        return endsAlone == null ? Duration.ZERO : Duration.ofSeconds(endsAlone);
    }
}
