package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What usually listens on a port: as developers know it, else as services(5) has it. */
final class ServiceNames {

    /** Those that IANA's list lacks, or calls by names that nobody knows. */
    private static final Map<Integer, String> WELL_KNOWN = Map.ofEntries(
            Map.entry(1025, "mailhog"),
            Map.entry(1433, "sql server"),
            Map.entry(1883, "mqtt"),
            Map.entry(2375, "docker"),
            Map.entry(3306, "mysql"),
            Map.entry(4222, "nats"),
            Map.entry(4317, "otlp grpc"),
            Map.entry(4318, "otlp http"),
            Map.entry(5005, "java debugger"),
            Map.entry(5173, "vite"),
            Map.entry(5432, "postgresql"),
            Map.entry(5672, "rabbitmq"),
            Map.entry(6379, "redis"),
            Map.entry(8025, "mailhog"),
            Map.entry(9000, "php-fpm"),
            Map.entry(9042, "cassandra"),
            Map.entry(9090, "prometheus"),
            Map.entry(9092, "kafka"),
            Map.entry(9200, "elasticsearch"),
            Map.entry(9229, "node debugger"),
            Map.entry(11211, "memcached"),
            Map.entry(15672, "rabbitmq"),
            Map.entry(27017, "mongodb"));

    /** Services that would take a request of HTTP for an attack, or for a broken client. */
    private static final Set<String> NO_HTTP = Set.of(
            "postgresql",
            "mysql",
            "redis",
            "mongodb",
            "memcached",
            "kafka",
            "mqtt",
            "rabbitmq",
            "cassandra",
            "sql server",
            "nats",
            "java debugger",
            "domain",
            "ssh",
            "ftp",
            "smtp",
            "submission",
            "imap2",
            "pop3",
            "ldap",
            "epmd",
            "x11");

    private final Map<String, String> system = new HashMap<>();

    ServiceNames() {
        this(Path.of("/etc/services"));
    }

    ServiceNames(Path services) {
        for (String line : lines(services)) {
            int name = end(line, 0);
            int port = name;
            while (port < line.length() && line.charAt(port) <= ' ') {
                port++;
            }
            int end = end(line, port);
            if (name > 0 && end > port) {
                system.putIfAbsent(line.substring(port, end), line.substring(0, name));
            }
        }
    }

    /** Of the word that begins there. Without patterns: there are hundreds of lines, and a command that waits for them. */
    private static int end(String line, int start) {
        int end = start;
        while (end < line.length() && line.charAt(end) > ' ' && line.charAt(end) != '#') {
            end++;
        }
        return end;
    }

    Optional<String> of(Protocol protocol, int port) {
        String known = protocol == Protocol.TCP ? WELL_KNOWN.get(port) : null;
        return Optional.ofNullable(known != null ? known : system.get(port + "/" + protocol));
    }

    static boolean speaksNoHttp(String service) {
        return NO_HTTP.contains(service);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException none) {
            return List.of();
        }
    }
}
