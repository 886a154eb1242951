package dev.loopgate.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that a map may have.
 *
 * @param owner what the map describes, for messages
 */
record Keys(String owner, List<String> known) {

    /** Keys that the configuration language reserves and this version does nothing with. */
    private static final Set<String> NOT_YET = Set.of(
            "admin",
            "auth",
            "balance",
            "compress",
            "cors",
            "fault",
            "health",
            "limit",
            "mirror",
            "retries",
            "sources",
            "weight");

    private static final Set<String> MAIN_ONLY = Set.of(
            "listen",
            "defaults",
            "include",
            "trusted-proxies",
            "accept-proxy-protocol",
            "access-log",
            "run",
            "tls",
            "redirect-to-https",
            "http3");

    /** What other gateways call it. */
    private static final Map<String, List<String>> SYNONYMS = Map.ofEntries(
            Map.entry(
                    "to",
                    List.of("target", "targets", "upstream", "upstreams", "backend", "proxy", "proxy_pass", "url")),
            Map.entry("files", List.of("root", "static", "dir", "directory", "folder")),
            Map.entry("hosts", List.of("vhosts", "virtual-hosts", "sites", "servers", "names", "apps", "services")),
            Map.entry("forwards", List.of("tcp", "ports", "port-forwards", "streams", "tunnels")),
            Map.entry("listen", List.of("bind", "listeners", "port", "address")),
            Map.entry("routes", List.of("paths", "locations", "path")),
            Map.entry("respond", List.of("response", "return", "static-response")),
            Map.entry("include", List.of("includes", "import", "imports")),
            Map.entry("first-byte", List.of("timeout", "read-timeout", "response-timeout")),
            Map.entry("connect", List.of("connect-timeout", "dial-timeout")),
            Map.entry("idle", List.of("idle-timeout")),
            Map.entry("connections", List.of("max-connections", "maxconn")),
            Map.entry("host", List.of("hostname", "host-header")),
            Map.entry("http3", List.of("quic", "h3")),
            Map.entry("tls", List.of("ssl", "https", "certificate", "certificates")),
            Map.entry("cert", List.of("certificate", "crt", "chain", "fullchain")),
            Map.entry("key", List.of("private-key", "keyfile")),
            Map.entry("pkcs12", List.of("p12", "pfx", "keystore")),
            Map.entry("access-log", List.of("log", "logs", "logging")),
            Map.entry("run", List.of("dev", "scripts", "commands", "processes", "exec")),
            Map.entry("command", List.of("cmd", "run", "script", "exec")),
            Map.entry("directory", List.of("dir", "cwd", "folder", "path")),
            Map.entry("environment", List.of("env", "variables")),
            Map.entry("strip", List.of("strip-prefix", "strip_prefix", "stripprefix")));

    /** What a person would write: not the key that editors put in. */
    private List<String> shown() {
        return known.stream().filter(key -> !key.startsWith("$")).toList();
    }

    boolean has(String key) {
        return known.contains(key);
    }

    void refuse(Item.Scalar key, Problems problems) {
        String name = key.text();
        if (NOT_YET.contains(name)) {
            problems.error(key.place(), "\"" + name + "\" is not supported by this version of Loopgate", "take it out");
            return;
        }
        if (owner.equals("an included file") && MAIN_ONLY.contains(name)) {
            problems.error(key.place(), "\"" + name + "\" is not for " + owner, "move it to the main file");
            return;
        }
        if (owner.equals(ForwardsReader.UDP_OWNER) && List.of("tls", "verify").contains(name)) {
            problems.error(key.place(), "\"" + name + "\" is for forwards of TCP, and this one is UDP", "take it out");
            return;
        }
        String message = "unknown key " + Problems.quote(name) + " in " + owner;
        if (has("hosts") && name.indexOf('.') > 0) {
            problems.error(key.place(), message, "if it is a host, write it under hosts");
            return;
        }
        Optional<String> meant = Spelling.nearest(name, known).or(() -> synonym(name));
        problems.error(
                key.place(),
                message,
                meant.map(word -> "did you mean \"" + word + "\"?")
                        .orElse("known here: " + String.join(", ", shown())));
    }

    private Optional<String> synonym(String name) {
        return known.stream()
                .filter(word -> SYNONYMS.getOrDefault(word, List.of()).contains(name))
                .findFirst();
    }
}
