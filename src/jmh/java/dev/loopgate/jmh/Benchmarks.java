package dev.loopgate.jmh;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs them all, or those that JMH's own arguments choose, and writes what they measured as JSON and as text. */
public final class Benchmarks {

    private Benchmarks() {}

    /** @param arguments the folder for the results, then arguments of JMH */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        String chosen =
                String.join(" ", arguments).substring(arguments[0].length()).strip();
        CommandLineOptions commandLine = new CommandLineOptions(chosen.isEmpty() ? new String[0] : chosen.split(" +"));
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .parent(commandLine)
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
        write(results, ResultFormatType.JSON, folder.resolve("results.json"));
        write(results, ResultFormatType.TEXT, folder.resolve("results.txt"));
        System.out.println("written: " + folder.resolve("results.json") + ", " + folder.resolve("results.txt"));
    }

    private static void write(Collection<RunResult> results, ResultFormatType type, Path file) throws Exception {
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(type, out).writeOut(results);
        }
    }
}
