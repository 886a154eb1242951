package dev.loopgate.doctor;

import dev.loopgate.diagnose.ShellCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whether programs that obey the variables for proxies, such as curl, pip and npm, send what is meant for this machine to
 * a proxy elsewhere.
 *
 * @param hosts that lead to this machine
 */
record ProxyVariablesCheck(UnaryOperator<@Nullable String> environment, List<String> hosts) implements Check {

    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "::1", ".localhost");

    @Override
    public String name() {
        return "proxy";
    }

    @Override
    public List<Finding> look() {
        List<String> proxies = new ArrayList<>();
        // Not HTTP_PROXY: curl leaves it alone, since a request's field can set it in a CGI program. Others obey it.
        for (String variable :
                List.of("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")) {
            if (!value(variable).isEmpty()) {
                proxies.add(variable);
            }
        }
        if (proxies.isEmpty()) {
            return List.of();
        }
        String exempt = value("no_proxy").isEmpty() ? value("NO_PROXY") : value("no_proxy");
        List<String> caught =
                hosts.stream().filter(host -> !exempt(exempt, host)).toList();
        if (caught.isEmpty()) {
            return List.of(Finding.ok(name(), proxies.get(0) + " is set, and no_proxy keeps this machine out of it"));
        }
        List<String> words = new ArrayList<>(List.of(exempt.split("[,\\s]+", -1)));
        words.removeIf(String::isEmpty);
        LOCAL.stream().filter(word -> !words.contains(word)).forEach(words::add);
        caught.stream().filter(host -> !exempt(String.join(",", words), host)).forEach(words::add);
        return List.of(Finding.warn(
                        name(),
                        proxies.get(0) + " is set: curl and other programs send requests for "
                                + String.join(", ", caught.subList(0, Math.min(3, caught.size())))
                                + (caught.size() > 3 ? " and " + (caught.size() - 3) + " more" : "")
                                + " to that proxy, which has a localhost of its own")
                .fix("export no_proxy=" + ShellCommand.word(String.join(",", words))));
    }

    private static boolean exempt(String list, String host) {
        String name = host.replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        for (String each : list.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
            String word = each.startsWith("*.") ? each.substring(1) : each;
            if (word.equals("*")
                    || name.equals(word)
                    || (word.length() > 1 && name.endsWith(word.startsWith(".") ? word : "." + word))
                    || (name.startsWith("127.") && word.equals("127.0.0.0/8"))) {
                return true;
            }
        }
        return false;
    }

    private String value(String variable) {
        String value = environment.apply(variable);
        return value == null ? "" : value;
    }
}
