package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient.RunningGateway;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code loopgate status}. */
@Command(
        name = "status",
        header = "Tell how the running gateway is.",
        description = {"", "Listeners, forwards, connections and the last reload.", ""},
        footer = {"", "Example:  loopgate status --json"})
final class StatusCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    GatewayChoice choice = new GatewayChoice();

    @Mixin
    JsonOption json = new JsonOption();

    StatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        RunningGateway gateway = choice.choose(surroundings, GatewayChoice.client(surroundings));
        Terminal terminal = surroundings.terminal();
        if (json.wanted) {
            JsonOption.print(terminal, gateway.status());
        } else {
            tell(terminal, gateway.status());
        }
        return ExitStatus.DONE;
    }

    private static void tell(Terminal terminal, JsonObject status) {
        Style style = terminal.outStyle();
        terminal.result(style.bold("Loopgate " + status.getString("version"))
                + ", pid " + status.getLong("pid")
                + ", up " + age(Instant.parse(status.getString("started"))));
        terminal.result("  file         " + status.getString("file", "none"));
        terminal.result("  listens on   "
                + StatusLists.objects(status, "listeners").stream()
                        .map(one -> one.getString("address")
                                + (one.getBoolean("open") ? style.bold(" OPEN TO THE NETWORK") : ""))
                        .collect(Collectors.joining(", ")));
        JsonObject http3 = status.getJsonObject("http3");
        if (http3 != null) {
            List<String> addresses = StatusLists.strings(http3, "addresses");
            terminal.result("  HTTP/3       " + (addresses.isEmpty() ? "nowhere" : String.join(", ", addresses)));
            StatusLists.strings(http3, "problems").forEach(problem -> terminal.result("    " + style.red(problem)));
        }
        terminal.result("  hosts        " + status.getJsonArray("hosts").size() + "   (loopgate routes lists them)");
        for (JsonObject project : StatusLists.objects(status, "attached")) {
            int hosts = project.getJsonArray("hosts").size();
            int forwards = project.getJsonArray("forwards").size();
            terminal.result("  attached     " + StatusLists.attached(project) + ", "
                    + count(hosts, "host") + (forwards == 0 ? "" : ", " + count(forwards, "forward"))
                    + (project.containsKey("file") ? "  " + project.getString("file") : ""));
        }
        terminal.result("  now          " + count(status.getLong("connections"), "connection") + ", "
                + count(status.getLong("requests"), "request") + " served");
        JsonObject reload = status.getJsonObject("lastReload");
        if (reload != null) {
            terminal.result("  last reload  "
                    + Instant.parse(reload.getString("at"))
                            .atZone(ZoneId.systemDefault())
                            .toLocalTime()
                            .withNano(0)
                    + "  " + reload.getString("text"));
            StatusLists.strings(reload, "problems").forEach(problem -> terminal.result("    " + style.red(problem)));
        }
        List<JsonObject> forwards = StatusLists.objects(status, "forwards");
        if (!forwards.isEmpty()) {
            terminal.result("");
            new ForwardTable(style).lines(forwards).forEach(terminal::result);
        }
        StatusLists.strings(status, "warnings").forEach(terminal::warn);
        StatusLists.objects(status, "certificates")
                .forEach(one -> terminal.warn(one.getString("whose") + " " + one.getString("text")));
    }

    private static String age(Instant since) {
        Duration age = Duration.between(since, Instant.now());
        if (age.toMinutes() < 1) {
            return Math.max(0, age.toSeconds()) + " s";
        }
        if (age.toHours() < 1) {
            return age.toMinutes() + " min";
        }
        return age.toDays() < 1
                ? age.toHours() + " h " + age.toMinutesPart() + " min"
                : age.toDays() + " d " + age.toHoursPart() + " h";
    }

    private static String count(long count, String what) {
        return String.format(Locale.ROOT, "%,d", count) + " " + what + (count == 1 ? "" : "s");
    }
}
