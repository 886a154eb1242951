package dev.loopgate.cli;

import dev.loopgate.admin.StatusJson;
import dev.loopgate.gateway.GatewayStatus;
import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.Configuration;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What a gateway prints once it listens: each URL and forward, and what of it others can reach. */
final class StartTable {

    private StartTable() {}

    /**
     * Prints to standard output, unless that carries an access log for machines.
     *
     * @param introduction lines between the heading and the table
     */
    static void print(
            Terminal terminal,
            Configuration configuration,
            RunningConfiguration source,
            GatewayStatus status,
            List<String> introduction) {
        AccessLogSettings log = configuration.accessLog();
        boolean machines =
                log.format() == AccessLogSettings.Format.JSON && log.file().isEmpty();
        PrintStream stream = machines ? terminal.err() : terminal.out();
        Style style = machines ? terminal.errStyle() : terminal.outStyle();
        StringBuilder text = new StringBuilder();
        lines(style, source, status, introduction)
                .forEach(line -> text.append(line).append('\n'));
        stream.print(text);
        stream.flush();
        status.warnings().forEach(terminal::warn);
    }

    private static List<String> lines(
            Style style, RunningConfiguration source, GatewayStatus status, List<String> introduction) {
        JsonObject json = StatusJson.of(status);
        List<String> lines = new ArrayList<>();
        lines.add(style.bold("Loopgate " + status.version())
                + source.file().map(file -> style.dim("  " + source.name())).orElse(""));
        lines.add("");
        lines.addAll(introduction);
        if (!status.hosts().isEmpty() || !status.forwards().isEmpty()) {
            lines.addAll(new RouteTable(style).lines(json));
            lines.add("");
        }
        ListenLines listening = new ListenLines(style);
        lines.addAll(listening.of(StatusLists.objects(json, "listeners")));
        lines.addAll(listening.ofHttp3(json));
        lines.add(style.dim(
                "Ctrl-C stops it. " + (source.file().isPresent() ? "Changes of the file are taken at once." : "")));
        return lines.stream().map(String::stripTrailing).toList();
    }
}
