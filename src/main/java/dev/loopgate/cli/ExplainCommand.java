package dev.loopgate.cli;

import dev.loopgate.model.Configuration;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code loopgate explain}. */
@Command(
        name = "explain",
        header = "Tell what becomes of a request, without sending one.",
        description = {
            "",
            "Tells which host and route match and why, what the upstream would be sent, and whether it takes",
            "connections. Needs no running gateway.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate explain http://app.localhost/api/users?page=2",
            "Exit status: 0 the request would be answered, 1 it would fail, 3 the configuration is invalid."
        })
final class ExplainCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final ConfigurationInput input;

    @Parameters(paramLabel = "URL", description = "The scheme may be left out, and the port.")
    String url = "";

    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    JsonOption json = new JsonOption();

    ExplainCommand(Surroundings surroundings) {
        this.terminal = surroundings.terminal();
        this.input = new ConfigurationInput(surroundings);
    }

    @Override
    public Integer call() {
        RequestUrl request = RequestUrl.parse(url);
        Path file = input.require(config.file());
        Configuration configuration = input.readValid(file).configuration();
        Explanation explanation = Explanation.of(request, file, configuration);
        if (json.wanted) {
            JsonOption.print(terminal, explanation.json());
        } else {
            explanation.lines(terminal.outStyle()).forEach(terminal::result);
        }
        return explanation.answered() ? ExitStatus.DONE : ExitStatus.FAILED;
    }
}
