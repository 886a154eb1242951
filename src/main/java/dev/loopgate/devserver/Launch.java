package dev.loopgate.devserver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a dev server is started: its words, with what its framework needs to be told; its folder; its environment, beyond
 * what it inherits; and the port on which it is awaited.
 *
 * @param rewriteHost whether it refuses its name, and has to be asked by its address
 */
public record Launch(
        List<String> words, Path directory, Map<String, String> environment, int port, boolean rewriteHost) {

    private static final String LOOPBACK = "127.0.0.1";

    public Launch {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    /** The same with variables that give way to those it has. */
    public Launch withDefaults(Map<String, String> variables) {
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.putAll(environment);
        return new Launch(words, directory, all, port, rewriteHost);
    }

    /**
     * The place of a dev server.
     *
     * @param host the name that the gateway serves it by
     * @param url where browsers find it
     * @param gatewayPort where the gateway listens
     * @param port a free port for it
     */
    public record Slot(String host, String url, int gatewayPort, int port) {}

    /** @param words a program and its arguments, given as they are */
    public static Launch of(List<String> words, Path directory, Slot slot) {
        return of(words, DevCommand.find(words, directory), false, directory, slot, Map.of());
    }

    /**
     * @param line for {@code sh -c}
     * @param own variables that its user gave, which go before all others: a port among them is the one that it is awaited on
     */
    public static Launch ofShell(String line, Path directory, Slot slot, Map<String, String> own) {
        Optional<DevCommand.Found> found =
                ShellWords.ofLastCommand(line).flatMap(words -> DevCommand.find(words, directory));
        return of(List.of("sh", "-c", line), found, true, directory, slot, own);
    }

    private static Launch of(
            List<String> words,
            Optional<DevCommand.Found> found,
            boolean shell,
            Path directory,
            Slot slot,
            Map<String, String> own) {
        int wanted = portIn(own, "PORT").orElse(slot.port());
        Map<String, String> values = Map.of(
                "port", Integer.toString(wanted),
                "host", LOOPBACK,
                "name", slot.host(),
                "url", slot.url() + "/",
                "gateway-port", Integer.toString(slot.gatewayPort()));
        int port = found.map(it -> it.framework().givenPort(it.arguments(), own).orElse(wanted))
                .orElse(wanted);
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PORT", Integer.toString(port));
        environment.put("HOST", LOOPBACK);
        environment.put("LOOPGATE_URL", slot.url());
        if (found.isEmpty()) {
            environment.putAll(own);
            return new Launch(words, directory, environment, port, false);
        }
        Framework framework = found.get().framework();
        framework.environment().forEach((name, value) -> environment.put(name, Framework.filled(value, values)));
        environment.putAll(own);
        List<String> missing = framework.missing(found.get().arguments(), values);
        List<String> added = new ArrayList<>();
        if (!missing.isEmpty()) {
            added.addAll(found.get().lead());
            added.addAll(missing);
        }
        List<String> all = new ArrayList<>(words);
        if (shell) {
            all.set(2, ShellWords.appended(words.get(2), added));
        } else {
            all.addAll(added);
        }
        boolean local = slot.host().equals("localhost") || slot.host().endsWith(".localhost");
        return new Launch(all, directory, environment, port, framework.checksHost() && !local);
    }

    /** The port that a variable says; none where it says something else. */
    static OptionalInt portIn(Map<String, String> environment, String name) {
        String text = environment.getOrDefault(name, "");
        int number = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        return number > 0 && number < 65_536 ? OptionalInt.of(number) : OptionalInt.empty();
    }
}
