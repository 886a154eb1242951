package dev.loopgate.diagnose;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a port of a container is published as: the service behind it is known by the port within. */
final class Published {

    private static final Pattern WITHIN = Pattern.compile("docker-proxy\\b.* -container-port (\\d{1,5})\\b.*");

    private Published() {}

    /** The port within the container; empty of a process that publishes none. */
    static Optional<Integer> portOf(OpenPort.Owner process) {
        Matcher within = WITHIN.matcher(process.command().whole());
        return within.find() ? Optional.of(Integer.parseInt(within.group(1))) : Optional.empty();
    }
}
