package dev.loopgate.devserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A dev server that does not do by itself what {@code PORT} and {@code HOST} ask for, and how it is told.
 *
 * @param programs what it is started as, without a folder or an ending such as {@code .js}
 * @param subcommands the first words that start a server; an empty one stands for no word
 * @param flags what is added to its arguments
 * @param environment variables for it; {@code {port}} and the like in values as in flags
 * @param checksHost whether it refuses names that it was not told of, other than those under localhost, with no way to
 *     tell it from outside
 */
record Framework(
        List<String> programs,
        List<String> subcommands,
        List<Flag> flags,
        Map<String, String> environment,
        boolean checksHost) {

    private static final Pattern TRAILING_PORT = Pattern.compile("(?:.*:)?([0-9]{1,5})");

    /**
     * Words to add; none for one that is only looked for.
     *
     * @param spellings how its users spell it; where one of them is there already, nothing is added. Empty: it is a word
     *     without a flag, behind the subcommand
     */
    record Flag(List<String> spellings, List<String> words) {

        boolean port() {
            return words.isEmpty() || words.stream().anyMatch(word -> word.contains("{port}"));
        }

        /** The value that the user gave, which may be empty; no value where the user gave none. */
        Optional<String> given(List<String> arguments, int positionals) {
            if (spellings.isEmpty()) {
                List<String> plain =
                        arguments.stream().filter(word -> !word.startsWith("-")).toList();
                return plain.size() > positionals ? Optional.of(plain.get(plain.size() - 1)) : Optional.empty();
            }
            for (int i = 0; i < arguments.size(); i++) {
                String word = arguments.get(i);
                for (String spelling : spellings) {
                    if (word.equals(spelling)) {
                        return Optional.of(i + 1 < arguments.size() ? arguments.get(i + 1) : "");
                    }
                    if (word.startsWith(spelling + "=")) {
                        return Optional.of(word.substring(spelling.length() + 1));
                    }
                    if (!spelling.startsWith("--") && word.matches(Pattern.quote(spelling) + "[0-9].*")) {
                        return Optional.of(word.substring(spelling.length()));
                    }
                }
            }
            return Optional.empty();
        }
    }

    boolean starts(String program, List<String> arguments) {
        if (!programs.contains(program)) {
            return false;
        }
        String first = arguments.isEmpty() || arguments.get(0).startsWith("-") ? "" : arguments.get(0);
        return subcommands.isEmpty() || subcommands.contains(first);
    }

    /** The words to add to these arguments. */
    List<String> missing(List<String> arguments, Map<String, String> values) {
        List<String> words = new ArrayList<>();
        for (Flag flag : flags) {
            Optional<String> given = flag.given(arguments, positionals());
            // Of "php -S" at the end the value is missing; "vite --host" at the end is meant so.
            boolean open = given.isPresent()
                    && given.get().isEmpty()
                    && !flag.words().isEmpty()
                    && !flag.words().get(0).startsWith("--");
            int known = given.isEmpty() ? 0 : open ? 1 : flag.words().size();
            flag.words().stream().skip(known).forEach(word -> words.add(filled(word, values)));
        }
        return words;
    }

    /**
     * The port that the arguments ask for in spite of {@code PORT}, or else a variable that this one reads instead of it.
     *
     * @param own the variables that its user gave
     */
    OptionalInt givenPort(List<String> arguments, Map<String, String> own) {
        for (Flag flag : flags) {
            if (flag.port()) {
                Matcher port = TRAILING_PORT.matcher(
                        flag.given(arguments, positionals()).orElse(""));
                if (port.matches()) {
                    int number = Integer.parseInt(port.group(1));
                    return number > 0 && number < 65_536 ? OptionalInt.of(number) : OptionalInt.empty();
                }
            }
        }
        return environment.entrySet().stream()
                .filter(variable -> variable.getValue().equals("{port}"))
                .map(variable -> Launch.portIn(own, variable.getKey()))
                .filter(OptionalInt::isPresent)
                .findFirst()
                .orElse(OptionalInt.empty());
    }

    private int positionals() {
        return subcommands.isEmpty() || subcommands.contains("") ? 0 : 1;
    }

    /** @param values what {@code {port}}, {@code {host}}, {@code {name}} and {@code {url}} stand for */
    static String filled(String template, Map<String, String> values) {
        String text = template;
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace("{" + value.getKey() + "}", value.getValue());
        }
        return text;
    }
}
