package dev.loopgate.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What several dev servers print, line by line, each behind its name in its colour. */
final class ProjectOutput {

    /** Colours and weights; whatever else begins with an escape moves the cursor or sets the terminal. */
    private static final Pattern SEQUENCE = Pattern.compile(
            "\u001b(?:\\[[0-9;:?<=>]*[ -/]*[@-~]|[\\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\\\)?|.)|[\\x00-\\x1f\\x7f-\\x9f]");

    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;:]*m|\t");

    private final Terminal terminal;
    private final List<String> labels;
    private final int width;
    private final List<Thread> readers = new ArrayList<>();
    private final Object turn = new Object();

    /** @param labels all that there are, for them to be of one width */
    ProjectOutput(Terminal terminal, List<String> labels) {
        this.terminal = terminal;
        this.labels = List.copyOf(labels);
        this.width = labels.stream().mapToInt(String::length).max().orElse(0);
    }

    /** @param label one of those */
    void follow(String label, InputStream output, InputStream errors) {
        int index = labels.indexOf(label);
        String padded = label + " ".repeat(width - label.length()) + " | ";
        read(coloured(terminal.outStyle(), index, padded), terminal.outStyle(), output, terminal.out());
        read(coloured(terminal.errStyle(), index, padded), terminal.errStyle(), errors, terminal.err());
    }

    /** Waits until all has been printed, for as long as somebody still may print. */
    void finish(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        try {
            for (Thread reader : readers) {
                reader.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String coloured(Style style, int index, String text) {
        return switch (index % 5) {
            case 0 -> style.cyan(text);
            case 1 -> style.yellow(text);
            case 2 -> style.green(text);
            case 3 -> style.magenta(text);
            default -> style.blue(text);
        };
    }

    private void read(String prefix, Style style, InputStream stream, PrintStream to) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            String shown = prefix + tame(line, style.on());
                            synchronized (turn) {
                                to.println(shown);
                                to.flush();
                            }
                        }
                    } catch (IOException ended) {
                        // It has printed all that it had.
                    }
                },
                "loopgate-output");
        thread.setDaemon(true);
        readers.add(thread);
        thread.start();
    }

    static String tame(String line, boolean colours) {
        Matcher matcher = SEQUENCE.matcher(line);
        StringBuilder plain = new StringBuilder();
        boolean coloured = false;
        while (matcher.find()) {
            String sequence = matcher.group();
            boolean kept = COLOUR.matcher(sequence).matches() && (colours || sequence.equals("\t"));
            coloured |= kept && !sequence.equals("\t");
            matcher.appendReplacement(plain, kept ? Matcher.quoteReplacement(sequence) : "");
        }
        matcher.appendTail(plain);
        // The next line is another dev server's.
        return coloured ? plain + "\u001b[0m" : plain.toString();
    }
}
