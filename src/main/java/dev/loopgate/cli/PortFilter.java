package dev.loopgate.cli;

import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.OpenPort.Owner;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which ports are meant by a word: by their number, their protocol, or who listens. */
final class PortFilter {

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?(?:/(tcp|udp))?");
    private static final int LAST_PORT = 65_535;

    private PortFilter() {}

    /**
     * One of the words has to fit; without words, every port does.
     *
     * @throws CommandFailure where a number is no port
     */
    static Predicate<OpenPort> of(List<String> words) {
        return words.stream().map(PortFilter::of).reduce(Predicate::or).orElse(port -> true);
    }

    /** Whether it stands for ports by their numbers, so that no title can matter. */
    static boolean isNumber(String word) {
        return NUMBERS.matcher(word.toLowerCase(Locale.ROOT)).matches();
    }

    private static Predicate<OpenPort> of(String word) {
        String wanted = word.toLowerCase(Locale.ROOT);
        Matcher numbers = NUMBERS.matcher(wanted);
        if (numbers.matches()) {
            int first = number(numbers.group(1), word);
            int last = numbers.group(2) == null ? first : number(numbers.group(2), word);
            String protocol = numbers.group(3);
            return port -> first <= port.port()
                    && port.port() <= last
                    && (protocol == null || protocol.equals(port.protocol().toString()));
        }
        if (wanted.equals("tcp") || wanted.equals("udp")) {
            return port -> port.protocol().toString().equals(wanted);
        }
        return port -> port.user().filter(user -> has(user, wanted)).isPresent()
                || port.service().filter(service -> has(service, wanted)).isPresent()
                || port.title().filter(title -> has(title, wanted)).isPresent()
                || port.process().filter(process -> has(process, wanted)).isPresent();
    }

    private static boolean has(Owner process, String wanted) {
        return has(process.name(), wanted)
                || has(process.command().whole(), wanted)
                || process.directory()
                        .filter(folder -> has(folder.toString(), wanted))
                        .isPresent();
    }

    private static boolean has(String text, String wanted) {
        return text.toLowerCase(Locale.ROOT).contains(wanted);
    }

    private static int number(String digits, String word) {
        int number = Integer.parseInt(digits);
        if (number < 1 || number > LAST_PORT) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "a port is 1 to " + LAST_PORT + ", not " + word,
                    "for example: loopgate ports 5432");
        }
        return number;
    }
}
