package dev.loopgate.cli;

import dev.loopgate.explain.Explanation;
import dev.loopgate.explain.Explanation.ListenerState;
import dev.loopgate.explain.Explanation.NearMiss;
import dev.loopgate.explain.Explanation.UpstreamStep;
import dev.loopgate.http.RequestPreview;
import dev.loopgate.http.RequestPreview.Fate;
import dev.loopgate.http.RequestPreview.Line;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** An explanation for people: a line for each step, further lines of the same step below it. */
final class ExplanationText {

    private static final int LABEL = 10;

    /** Header lines that are longer push their reason to the right. */
    private static final int FIELD = 44;

    private final Style style;
    private final List<String> lines = new ArrayList<>();

    private ExplanationText(Style style) {
        this.style = style;
    }

    static List<String> lines(Explanation explanation, Style style) {
        ExplanationText text = new ExplanationText(style);
        text.write(explanation);
        return text.lines;
    }

    private void write(Explanation explanation) {
        step("request", explanation.method() + " " + explanation.url());
        step("file", explanation.file().map(Path::toString).orElse("none: the gateway runs without one"));
        step(
                "name",
                explanation.name().name() + " leads to " + explanation.name().text());
        if (explanation.listener().state() != ListenerState.NOT_CONFIGURED) {
            boolean good = explanation.listener().state() == ListenerState.LISTENING
                    || explanation.listener().state() == ListenerState.NOT_RUNNING;
            step(
                    "listener",
                    good
                            ? explanation.listener().text()
                            : style.yellow(explanation.listener().text()));
        }
        explanation.host().ifPresent(host -> {
            taken("host", host.pattern(), host.why(), host.others());
            host.place()
                    .filter(place -> place.attachedBy() > 0)
                    .ifPresent(place -> step("", place.text() + ", attached by process " + place.attachedBy()));
        });
        explanation.route().ifPresent(route -> taken("route", route.prefix(), route.why(), route.others()));
        explanation.answer().ifPresent(answer -> step(answer.name(), bad(!answer.good(), answer.text())));
        explanation.access().ifPresent(rules -> step("access", rules));
        explanation.request().ifPresent(this::request);
        explanation.upstreams().forEach(this::upstream);
        explanation.notes().forEach(note -> step("note", style.yellow(note)));
        explanation.problems().forEach(problem -> step("problem", style.red(problem)));
        explanation.upstreams().stream()
                .filter(UpstreamStep::picked)
                .flatMap(upstream -> upstream.fix().stream())
                .forEach(sentence -> step("fix", sentence));
    }

    private void taken(String label, String name, String why, List<NearMiss> others) {
        if (!name.isEmpty()) {
            step(label, name + "   (" + why + ")");
        }
        for (int i = 0; i < others.size(); i++) {
            NearMiss other = others.get(i);
            step(name.isEmpty() && i == 0 ? label : "", style.dim("not " + other.name() + ": " + other.why()));
        }
    }

    private void request(RequestPreview request) {
        String label = "sends";
        List<Line> all = Stream.concat(request.lines().stream(), request.removed().stream())
                .toList();
        for (Line line : all) {
            String shown = mark(line.fate()) + line.text();
            String gap = " ".repeat(Math.max(3, FIELD - shown.length()));
            step(label, (line.fate() == Fate.REMOVED ? style.dim(shown) : shown) + gap + style.dim(line.why()));
            label = "";
        }
        step("", style.dim("  and the client's other fields, but for those meant for the gateway only"));
    }

    private static String mark(Fate fate) {
        return switch (fate) {
            case KEPT -> "  ";
            case SET -> "+ ";
            case REMOVED -> "- ";
        };
    }

    private void upstream(UpstreamStep upstream) {
        boolean down = upstream.up().map(up -> !up).orElse(false);
        step("upstream", bad(down, upstream.url()) + "   (" + upstream.why() + ")");
        upstream.attempts().forEach(attempt -> step("", attempt));
        upstream.speaks().ifPresent(speaks -> step("", speaks));
        upstream.findings().forEach(finding -> step("", finding));
    }

    private String bad(boolean bad, String text) {
        return bad ? style.red(text) : text;
    }

    private void step(String label, String text) {
        lines.add(style.dim(label + " ".repeat(LABEL - label.length())) + text);
    }
}
