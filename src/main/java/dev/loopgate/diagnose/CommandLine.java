package dev.loopgate.diagnose;

import dev.loopgate.net.Printable;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a process was started with.
 *
 * @param text with a zero between its words, as systems keep it; with blanks where the system does not tell where they end
 */
public record CommandLine(String text) {

    /** A message is one line: a command line of a JVM alone can fill a screen. */
    private static final int LONGEST = 120;

    /** What follows is the program's options; what it works on comes last. */
    private static final int START = 30;

    private static final Pattern GATEWAY = Pattern.compile("^.*?\\bjava\\b.*?(?:\\bloopgate\\.jar"
            + "(?:\\s+dev\\.loopgate\\.cli\\.Main)?|\\bdev\\.loopgate\\.cli\\.Main)(?:\\s+|$)");

    /** Options, variables, properties and fields whose values are nobody else's business. */
    private static final String SECRET = "(?i)(?<![\\w.-])([\\w.-]*(?:(?:password|passwd|passphrase|secret|credential"
            + "|authorization)[\\w.-]*|(?:token|cookie|key|key_base|pass|pwd|\\bpw|\\bauth)s?)";

    /** {@code --token=…}, {@code -Ddb.password=…}, {@code API_KEY=…}, {@code /?token=…}. */
    private static final Pattern ASSIGNED = Pattern.compile(SECRET + "=)[^\\x00\\s&]+");

    /** {@code Authorization: Bearer …}. */
    private static final Pattern FIELD = Pattern.compile(SECRET + ":\\s*)[^\\x00]+");

    /** {@code --token …} in two words, or in one that a shell is to take apart. */
    private static final Pattern OPTION =
            Pattern.compile(SECRET.replace("([", "(-[") + "(?:\\x00|\\s+))[^\\x00\\s-][^\\x00\\s]*");

    /** {@code postgres://user:…@host}. */
    private static final Pattern IN_URL = Pattern.compile("(\\w://[^\\x00\\s/@:]*:)[^\\x00\\s/@]+(?=@)");

    /** {@code curl -u user:…}. */
    private static final Pattern BEHIND_USER =
            Pattern.compile("((?:^|\\x00)(?:-u|--user)[\\x00=][^\\x00:]*:)[^\\x00]+");

    /** All of it, as it may be shown on a terminal. */
    public String whole() {
        return Printable.of(text.replace('\0', ' '));
    }

    /** Whether it starts a Loopgate. */
    public boolean gateway() {
        return text.contains("loopgate") && GATEWAY.matcher(whole()).find();
    }

    /** All that its user typed: of a Loopgate, what starts Java is the launcher's. */
    public String typed() {
        return typed(whole());
    }

    private static String typed(String whole) {
        return GATEWAY.matcher(whole).replaceFirst("loopgate ").strip();
    }

    /** For a message, which may get into a log or onto another screen: without secrets, and cut in its middle. */
    public String brief() {
        String told = text;
        for (Pattern secret : List.of(OPTION, ASSIGNED, FIELD, IN_URL, BEHIND_USER)) {
            told = secret.matcher(told).replaceAll("$1***");
        }
        String brief = typed(new CommandLine(told).whole());
        return brief.length() <= LONGEST
                ? brief
                : brief.substring(0, START) + " … " + brief.substring(brief.length() - LONGEST + START);
    }
}
