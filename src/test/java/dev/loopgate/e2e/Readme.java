package dev.loopgate.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a README has people type and write. */
record Readme(String text) {

    private static final Pattern COMMENT = Pattern.compile("\\s+#.*$");

    static Readme in(Path folder) {
        try {
            return new Readme(Files.readString(folder.resolve("README.md")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of its blocks of shell commands, without their comments. */
    List<String> commands() {
        List<String> commands = new ArrayList<>();
        for (String block : blocks("sh")) {
            block.lines()
                    .map(line -> COMMENT.matcher(line).replaceFirst("").strip())
                    .filter(line -> !line.isEmpty())
                    .forEach(commands::add);
        }
        return commands;
    }

    /** Its fenced blocks of a language. */
    List<String> blocks(String language) {
        Pattern block = Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
        return block.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /** What stands between single backquotes, outside of blocks. */
    Stream<String> inline() {
        String prose = text.replaceAll("(?ms)^```.*?^```$", "");
        return Pattern.compile("`([^`\n]+)`").matcher(prose).results().map((MatchResult found) -> found.group(1));
    }
}
