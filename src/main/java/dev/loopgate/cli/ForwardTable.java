package dev.loopgate.cli;

import dev.loopgate.net.PortHolder;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The forwards of a gateway, with what passed through them. */
final class ForwardTable {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("d MMM HH:mm:ss", Locale.ROOT);

    private final Style style;

    ForwardTable(Style style) {
        this.style = style;
    }

    List<String> lines(List<JsonObject> forwards) {
        Columns columns = new Columns();
        List<String> trouble = new ArrayList<>();
        for (JsonObject forward : forwards) {
            String name = StatusLists.name(forward);
            JsonObject problem = forward.getJsonObject("problem");
            boolean nowhere = StatusLists.listensNowhere(forward);
            String text = "  " + name + StatusLists.tls(forward);
            columns.add(
                    text,
                    problem == null ? text : style.red(text),
                    "  -> " + String.join(", ", StatusLists.strings(forward, "targets"))
                            + "   " + forward.getInteger("connections") + " now, "
                            + forward.getLong("accepted") + " so far, "
                            + forward.getLong("refused") + " refused, "
                            + size(forward.getLong("bytesToTarget")) + " in, "
                            + size(forward.getLong("bytesToClient")) + " out"
                            + (forward.getBoolean("open") && !nowhere ? style.bold("   OPEN TO THE NETWORK") : "")
                            + until(forward));
            clients(StatusLists.objects(forward, "clients")).ifPresent(clients -> trouble.add("  " + name + clients));
            for (JsonObject down : StatusLists.objects(forward, "down")) {
                trouble.add("  " + style.red(name + ", " + down.getString("target") + " is down") + ": "
                        + down.getString("cause"));
            }
            if (problem != null) {
                String address = problem.getString("address");
                String where = address.equals(forward.getString("bind")) ? "" : " on " + address;
                trouble.add("  " + style.red(name + " is not listening" + where) + ": " + problem.getString("cause")
                        + holder(problem.getJsonObject("holder")));
            }
            String error = forward.getString("lastError");
            if (error != null) {
                trouble.add("  " + name + ", last error: " + error);
            }
        }
        List<String> lines = new ArrayList<>(columns.lines());
        lines.addAll(trouble);
        return lines;
    }

    private static String until(JsonObject forward) {
        String until = forward.getString("until");
        if (until == null) {
            return "";
        }
        Instant end = Instant.parse(until);
        return (end.isAfter(Instant.now()) ? "   until " : "   closed since ")
                + CLOCK.format(end.atZone(ZoneId.systemDefault()));
    }

    private static Optional<String> clients(List<JsonObject> clients) {
        return clients.isEmpty()
                ? Optional.empty()
                : Optional.of(clients.stream()
                        .map(client -> client.getString("address") + " (" + client.getInteger("connections") + ", "
                                + size(client.getLong("bytes")) + ")")
                        .collect(Collectors.joining(", ", ", used by ", "")));
    }

    private static String holder(@Nullable JsonObject holder) {
        return holder == null
                ? ""
                : ", by "
                        + new PortHolder(
                                holder.getLong("pid"),
                                holder.getString("name"),
                                holder.getString("command"),
                                holder.getString("user"),
                                holder.getBoolean("loopgate"),
                                Optional.ofNullable(holder.getString("file")).map(Path::of));
    }

    static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        do {
            value /= 1024;
            unit++;
        } while (value >= 1024 && unit < 3);
        return String.format(Locale.ROOT, "%.1f %ciB", value, "KMGT".charAt(unit));
    }
}
