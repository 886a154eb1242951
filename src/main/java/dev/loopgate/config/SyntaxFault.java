package dev.loopgate.config;

import java.nio.file.Path;
import java.util.Locale;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/** What snakeyaml says about text that is no YAML, in words that help somebody who does not know its scanner. */
final class SyntaxFault {

    private final Path file;
    private final String text;

    SyntaxFault(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    void report(YAMLException fault, Problems problems) {
        if (fault instanceof ReaderException reader) {
            YamlText lines = new YamlText(file, problems);
            int index =
                    text.offsetByCodePoints(0, Math.min(reader.getPosition(), text.codePointCount(0, text.length())));
            problems.error(
                    lines.placeOf(text, index),
                    String.format(Locale.ROOT, "the character U+%04X is not allowed in a file", reader.getCodePoint()),
                    "take it out, or write it as an escape in double quotes");
        } else if (fault instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            explain(marked, problems);
        } else {
            problems.error(new Place(file, 1, 1), "not YAML: " + fault.getMessage());
        }
    }

    private void explain(MarkedYAMLException fault, Problems problems) {
        Mark mark = fault.getProblemMark();
        Place place = new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
        String said = fault.getProblem() == null ? "" : fault.getProblem();
        String context = fault.getContext() == null ? "" : fault.getContext();
        String line = line(mark.getLine());
        if (said.contains("(TAB)")) {
            problems.error(place, "a tab cannot stand here", "indent with spaces");
        } else if (line.matches(".*(^|[\\s:,\\[-])(\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*]|[0-9A-Fa-f]*::).*")) {
            problems.error(place, "not YAML: " + said, "an IPv6 address needs brackets and quotes: \"[::1]:3000\"");
        } else if (context.contains("alias")) {
            problems.error(
                    place,
                    "not YAML: nothing called so can be referred to with *",
                    "a name with a wildcard needs quotes: \"*.localhost\"");
        } else if (said.contains("mapping values are not allowed")) {
            problems.error(place, "a \": \" cannot stand here", hintForColon(mark.getLine()));
        } else if (said.contains("could not find expected ':'")) {
            problems.error(place, "a \":\" is missing before this", "a key is followed by a colon and a space");
        } else if (said.contains("cannot start any token")) {
            String c = mark.getPointer() < mark.getBuffer().length
                    ? Character.toString(mark.getBuffer()[mark.getPointer()])
                    : "";
            problems.error(place, "a value cannot begin with " + Problems.quote(c), "put the value in quotes");
        } else if (said.contains("escape character")) {
            problems.error(
                    place,
                    "not YAML: " + said,
                    "within double quotes write \\\\ for a backslash, or use single quotes");
        } else if (context.contains("quoted scalar")) {
            Mark start = fault.getContextMark();
            problems.error(
                    start == null ? place : new Place(file, start.getLine() + 1, start.getColumn() + 1),
                    "the quotes that open here are not closed: " + said,
                    "close them, and escape quotes and backslashes within");
        } else if (context.contains("flow ") && said.contains("but got")) {
            problems.error(place, "a \",\" or a closing bracket is missing before this");
        } else if (context.contains("block mapping") || context.contains("block collection")) {
            problems.error(
                    place, "the indentation does not fit what is above", "entries of one map begin in the same column");
        } else {
            problems.error(place, "not YAML: " + (context.isEmpty() ? "" : context + ", ") + said);
        }
    }

    /** A colon too many is most often one too few in the line above, which then goes on in this one. */
    private String hintForColon(int number) {
        String above = number == 0 ? "" : line(number - 1);
        if (above.matches("\\s*[^\\s:#]+:[^\\s/].*")) {
            return "is there a space missing behind the colon in the line above?";
        }
        if (!above.isBlank() && !above.contains(":") && !above.contains("#")) {
            return "is there a colon missing in the line above?";
        }
        return "check the indentation; a value that contains \": \" needs quotes";
    }

    private String line(int number) {
        return text.lines().skip(number).findFirst().orElse("");
    }
}
