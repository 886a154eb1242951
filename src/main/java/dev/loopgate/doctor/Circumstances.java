package dev.loopgate.doctor;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known before anything is looked at.
 *
 * @param environment the value of a variable, or null
 * @param setups the configuration that is found, and those of the gateways that run, each once, the first before the others
 * @param named the one of them whose file the user named; then none of the others is meant
 * @param sockets of gateways that do not answer
 */
public record Circumstances(
        UnaryOperator<@Nullable String> environment,
        List<Setup> setups,
        Optional<Setup> named,
        List<DeadSocket> sockets) {

    public Circumstances {
        setups = List.copyOf(setups);
        sockets = List.copyOf(sockets);
    }

    /** The file that has a gateway listen on a port, though none does. */
    Optional<String> expected(int port) {
        return setups.stream()
                .filter(setup -> setup.gateway().isEmpty() && (setup.listens(port) || setup.forwards(port)))
                .map(Setup::name)
                .findFirst();
    }

    /** Process ids of the gateways that answer. */
    Set<Long> answering() {
        return setups.stream()
                .flatMap(setup -> setup.gateway().stream())
                .map(Running::pid)
                .collect(Collectors.toSet());
    }

    /**
     * A configuration, and the gateway that runs it, with whatever else that serves.
     *
     * @param file empty where a gateway runs without one
     * @param configuration empty where it is invalid
     * @param problems of the file
     * @param gateway empty where none runs it
     * @param attached where hosts stand that are those of projects attached to the gateway, and who attached them
     */
    public record Setup(
            Optional<Path> file,
            Optional<Configuration> configuration,
            List<String> problems,
            Optional<Running> gateway,
            Map<HostPattern, String> attached) {
        public Setup {
            problems = List.copyOf(problems);
            attached = Map.copyOf(attached);
        }

        /** Without attached projects. */
        public Setup(
                Optional<Path> file,
                Optional<Configuration> configuration,
                List<String> problems,
                Optional<Running> gateway) {
            this(file, configuration, problems, gateway, Map.of());
        }

        /** Whether the gateway has, or is to have, a listener on a port. */
        boolean listens(int port) {
            return configuration.stream()
                    .flatMap(each -> each.listen().stream())
                    .anyMatch(listen -> listen.port() == port);
        }

        /** Whether a port is one of its forwards, and no listener's: it is not the gateway itself that answers there. */
        boolean forwards(int port) {
            return !listens(port)
                    && configuration.stream()
                            .flatMap(each -> each.forwards().stream())
                            .anyMatch(forward -> forward.bind().port() == port);
        }

        /** What has a host. */
        String name(HostPattern host) {
            return attached.getOrDefault(host, name());
        }

        String name() {
            return file.map(Path::toString).orElse("no file");
        }
    }

    /**
     * A gateway of this user that answers.
     *
     * @param listeners its sockets for HTTP
     * @param troubles what it says is wrong with it
     */
    public record Running(long pid, List<InetSocketAddress> listeners, List<Trouble> troubles) {
        public Running {
            listeners = List.copyOf(listeners);
            troubles = List.copyOf(troubles);
        }
    }

    /** Something that does not work, as the gateway itself tells. */
    public record Trouble(String evidence, Optional<String> fix) {}

    /**
     * The control socket of a gateway that says nothing.
     *
     * @param left whether its process is gone
     */
    public record DeadSocket(Path socket, boolean left) {}
}
