package dev.loopgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the comparison says while it runs and leaves behind. */
final class Report {

    private final Settings settings;
    private final String machine;
    private final long started = System.nanoTime();
    private @Nullable String table;

    Report(Settings settings) throws IOException {
        this.settings = settings;
        this.machine = Machine.describe();
        Files.createDirectories(settings.results());
    }

    void progress(String text) {
        System.out.printf(Locale.ROOT, "%4d s  %s%n", (System.nanoTime() - started) / 1_000_000_000L, text);
    }

    /** Writes what there is by now, so that a run that is broken off leaves what it has measured. */
    void write(Results results, List<Peer> peers) throws IOException, InterruptedException {
        List<String> names = peers.stream().map(Peer::name).toList();
        String markdown = new Table(results, names).markdown();
        table = markdown;
        StringBuilder about = new StringBuilder("Measured on ")
                .append(LocalDate.now(java.time.ZoneId.systemDefault()))
                .append(" on ")
                .append(machine)
                .append(", ")
                .append(settings.workers())
                .append(" workers each; medians of ")
                .append(settings.rounds())
                .append(" interleaved rounds of ")
                .append(settings.span().toMillis() / 1000.0)
                .append(" s; a ratio is the median of the rounds' own.\n\n");
        for (Peer peer : peers) {
            if (!peer.bulkOnly()) {
                about.append("- ")
                        .append(peer.name())
                        .append(": ")
                        .append(Programs.firstLine(peer.versionCommand()))
                        .append('\n');
            }
        }
        Files.writeString(markdownFile(), about + "\n" + markdown);
        Files.writeString(chartFile(), new Chart(results, names, machine).svg());
    }

    void tell() {
        System.out.println();
        System.out.println(table == null ? "no case has any of these names: " + settings.cases() : table);
        progress("written: " + markdownFile() + ", " + chartFile());
    }

    private Path markdownFile() {
        return settings.results().resolve("comparison.md");
    }

    private Path chartFile() {
        return settings.results().resolve("comparison.svg");
    }
}
