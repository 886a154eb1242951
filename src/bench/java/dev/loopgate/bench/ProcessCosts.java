package dev.loopgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process and its descendants have taken so far.
 *
 * @param cpuSeconds in user and kernel mode
 * @param rssBytes resident memory
 */
record ProcessCosts(double cpuSeconds, long rssBytes) {

    /** Clock ticks per second in /proc, which are 100 on every usual Linux, whatever the kernel's own are. */
    private static final double TICKS = 100;

    static ProcessCosts of(ProcessHandle root) throws IOException {
        double cpu = 0;
        long rss = 0;
        List<Long> all = Stream.concat(Stream.of(root), root.descendants())
                .map(ProcessHandle::pid)
                .toList();
        for (long pid : all) {
            Path proc = Path.of("/proc", Long.toString(pid));
            try {
                String stat = Files.readString(proc.resolve("stat"));
                // Behind the name in parentheses, which may hold anything; utime and stime are fields 14 and 15.
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                cpu += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
                rss += rss(proc);
            } catch (IOException ended) {
                if (pid == root.pid()) {
                    throw ended;
                }
            }
        }
        return new ProcessCosts(cpu, rss);
    }

    double mebibytes() {
        return rssBytes / 1024.0 / 1024.0;
    }

    private static long rss(Path proc) throws IOException {
        try (Stream<String> lines = Files.lines(proc.resolve("status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .sum();
        }
    }
}
