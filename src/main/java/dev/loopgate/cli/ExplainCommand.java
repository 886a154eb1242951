package dev.loopgate.cli;

import dev.loopgate.explain.AskedRequest;
import dev.loopgate.explain.Explainer;
import dev.loopgate.explain.Explanation;
import dev.loopgate.net.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code loopgate explain}. */
@Command(
        name = "explain",
        header = "Tell what becomes of a request, without sending one.",
        description = {
            "",
            "Tells where the name leads; which listener, host and route take the request, and why others do not; what",
            "would be sent to which upstream, line by line; and whether that answers: it is connected to and asked",
            "OPTIONS *, which does nothing. Nothing else is sent. Needs no running gateway; of one that runs, attached",
            "projects count as well.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate explain http://app.localhost/api/users?page=2",
            "Example:  loopgate explain --method POST -H 'Cookie: a=b' app.localhost/login",
            "Exit status: 0 the request would be answered, 1 it would fail, 3 the configuration is invalid."
        })
final class ExplainCommand implements Callable<Integer> {

    /** RFC 9110 §5.6.2. */
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    private final Surroundings surroundings;
    private final Terminal terminal;

    @Parameters(paramLabel = "URL", description = "The scheme may be left out, and the port.")
    String url = "";

    @Option(
            names = {"-X", "--method"},
            paramLabel = "METHOD",
            description = "The request's method; without it GET.")
    String method = "GET";

    @Option(
            names = {"-H", "--header"},
            paramLabel = "'NAME: VALUE'",
            description = "A header field of the request. May be given several times.")
    List<String> fields = new ArrayList<>();

    @Option(names = "--offline", description = "Ask neither the resolver nor the upstream.")
    boolean offline;

    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    JsonOption json = new JsonOption();

    ExplainCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
    }

    @Override
    public Integer call() {
        RequestUrl request = RequestUrl.parse(url);
        if (!method.matches(TOKEN)) {
            throw usage("not a method of HTTP: " + printable(method), "for example: --method POST");
        }
        fields.forEach(ExplainCommand::check);
        ExplainedGateway where = ExplainedGateway.find(surroundings, config.file(), request.host());
        ServedConfiguration served = where.read(surroundings);
        AskedRequest asked = new AskedRequest(
                method, request.scheme(), request.host(), request.port(), request.path(), request.query(), fields);
        Explanation explanation = new Explainer(asked, where.file(), served.configuration(), served.places(), offline)
                .explain(where.running());
        if (json.wanted) {
            JsonOption.print(terminal, ExplanationJson.of(explanation));
        } else {
            ExplanationText.lines(explanation, terminal.outStyle()).forEach(terminal::result);
        }
        served.unread()
                .forEach((file, problem) -> terminal.warn(
                        HostName.printable(file + ", which is attached, has problems now and was left out, though the"
                                + " gateway goes on with what it said before: " + problem)));
        return explanation.answered() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private static void check(String field) {
        int colon = field.indexOf(':');
        if (colon < 0 || !field.substring(0, colon).matches(TOKEN) || !Printable.is(field)) {
            throw usage("not a header field: " + printable(field), "for example: -H 'Accept: text/html'");
        }
        if (field.substring(0, colon).equalsIgnoreCase("Host")) {
            throw usage("the Host field comes from the URL", "for example: loopgate explain app.localhost");
        }
    }

    private static CommandFailure usage(String... lines) {
        return new CommandFailure(ExitStatus.WRONG_USAGE, lines);
    }

    private static String printable(String text) {
        return Printable.kept(text);
    }
}
