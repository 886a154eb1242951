package dev.loopgate.machine;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a system is told to start Loopgate with each login: a file in a place that is looked into, and commands around it.
 *
 * @param manager what reads the file, for people
 * @param file where it belongs
 * @param text what is in it
 * @param charset how the text is written
 * @param probe ends with 0 where the manager runs for this user
 * @param start commands that put the file in force and start the service, to be run in this order
 * @param restarts whether these also end what runs already; else it has to be stopped before
 * @param stop commands that end the service and have the manager forget it, before the file goes
 * @param forget commands for once the file is gone
 * @param enabled ends with 0 where the next login starts it
 * @param active ends with 0 where it runs now
 */
public record LoginService(
        String manager,
        Path file,
        String text,
        Charset charset,
        List<String> probe,
        List<List<String>> start,
        boolean restarts,
        List<List<String>> stop,
        List<List<String>> forget,
        List<String> enabled,
        List<String> active) {

    /** In every text of ours, and what tells it from one that somebody else has put in the place. */
    private static final Pattern MARK =
            Pattern.compile("Written by loopgate service install for (.*); loopgate service uninstall removes it[.]");

    /** As {@link #wrote} finds it; the path escaped as the text wants it. */
    static String mark(String config) {
        return "Written by loopgate service install for " + config + "; loopgate service uninstall removes it.";
    }

    /**
     * What is to be started.
     *
     * @param command the words before {@code run}; the first is absolute
     * @param config absolute
     * @param javaHome the value of JAVA_HOME; empty for that which the launcher finds
     */
    public record Job(List<String> command, Path config, String javaHome) {

        List<String> words() {
            List<String> words = new ArrayList<>(command);
            words.addAll(List.of("run", "--config", config.toString()));
            return words;
        }

        Path folder() {
            Path parent = config.getParent();
            return parent == null ? config : parent;
        }
    }

    /** The configuration that a text of ours, of whatever version, is for; empty where somebody else wrote it. */
    public static Optional<Path> wrote(String text) {
        return MARK.matcher(text).results().findFirst().map(found -> Path.of(Xml.plain(found.group(1))));
    }
}
