package dev.loopgate.cli;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Standard output for results, standard error for words to people, and whether either takes colours. */
final class Terminal {

    private final PrintStream out;
    private final PrintStream err;
    private final Style outStyle;
    private final Style errStyle;
    private final boolean shown;

    private Terminal(PrintStream out, PrintStream err, Style outStyle, Style errStyle, boolean shown) {
        this.out = out;
        this.err = err;
        this.outStyle = outStyle;
        this.errStyle = errStyle;
        this.shown = shown;
    }

    /**
     * @param environment {@code NO_COLOR} (https://no-color.org) and {@code TERM=dumb} are obeyed
     * @param terminals which of the streams is a terminal: {@code 1}, {@code 2} or both, as the launcher tells
     */
    static Terminal of(
            PrintStream out, PrintStream err, UnaryOperator<@Nullable String> environment, String terminals) {
        String noColor = environment.apply("NO_COLOR");
        boolean wanted = (noColor == null || noColor.isEmpty()) && !"dumb".equals(environment.apply("TERM"));
        return new Terminal(
                out,
                err,
                new Style(wanted && terminals.indexOf('1') >= 0),
                new Style(wanted && terminals.indexOf('2') >= 0),
                terminals.indexOf('1') >= 0);
    }

    Terminal withoutColour() {
        return new Terminal(out, err, Style.PLAIN, Style.PLAIN, shown);
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** Whether somebody looks at standard output, with colours or without. */
    boolean shown() {
        return shown;
    }

    Style outStyle() {
        return outStyle;
    }

    Style errStyle() {
        return errStyle;
    }

    /** A line of the result. */
    void result(String line) {
        out.println(line);
    }

    /** A line for people. */
    void say(String line) {
        err.println(line);
    }

    /** A failure, its first line marked as one. */
    void fail(String... lines) {
        fail(Arrays.asList(lines));
    }

    void fail(Iterable<String> lines) {
        String mark = errStyle.red("loopgate: ");
        for (String line : lines) {
            err.println(mark + line);
            mark = "  ";
        }
    }

    void warn(String sentence) {
        err.println(errStyle.yellow("warning: ") + sentence);
    }
}
