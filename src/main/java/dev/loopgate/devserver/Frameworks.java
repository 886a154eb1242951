package dev.loopgate.devserver;

import dev.loopgate.devserver.Framework.Flag;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The dev servers that have to be told of their port or address. Those that obey {@code PORT} and {@code HOST} need no line here. */
final class Frameworks {

    private static final List<String> DEV = List.of("dev");
    private static final List<String> SERVE = List.of("serve");
    private static final List<String> START = List.of("start");
    private static final List<String> ANY = List.of();

    private static final Flag PORT = flag("--port {port}", "--port", "-p");
    private static final Flag HOST = flag("--host {host}", "--host", "-H", "-h");

    /** Vite moves to the next port without a word where its own is taken. */
    private static final Flag STRICT = flag("--strictPort", "--strictPort", "--no-strictPort");

    private static final Map<String, String> VITE = Map.of("__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS", "{name}");

    private static final List<Framework> ALL = List.of(
            // JavaScript, those on Vite first
            row(List.of("vite", "vp"), List.of("", "dev", "serve", "preview"), VITE, PORT, HOST, STRICT),
            row(List.of("astro"), List.of("dev", "preview"), VITE, PORT, HOST),
            row(List.of("react-router", "svelte-kit", "vinxi", "solid-start"), DEV, VITE, PORT, HOST),
            row(List.of("remix"), List.of("vite:dev"), VITE, PORT, HOST),
            row(List.of("remix"), DEV, Map.of(), PORT),
            row(List.of("nuxt", "nuxi"), List.of("dev", "preview", "start"), VITE, PORT, HOST),
            row(List.of("vitepress"), List.of("dev", "preview", "serve", ""), VITE, PORT, HOST),
            row(List.of("slidev"), List.of(""), VITE, PORT),
            row(List.of("storybook"), DEV, VITE, PORT, HOST, flag("--ci", "--ci", "--no-open")),
            // It reads PORT, but listens on every address of the machine.
            row(
                    List.of("next"),
                    List.of("dev", "start", ""),
                    Map.of(),
                    obeyed("--port", "-p"),
                    flag("--hostname {host}", "--hostname", "-H")),
            hostChecking(row(List.of("ng"), List.of("serve", "s", "dev"), Map.of(), PORT, HOST)),
            row(
                    List.of("expo"),
                    START,
                    Map.of(),
                    PORT,
                    flag("--localhost", "--host", "--lan", "--tunnel", "--localhost")),
            row(List.of("react-native"), START, Map.of(), PORT, HOST),
            row(
                    List.of("webpack"),
                    List.of("serve", "server", "s"),
                    Map.of(),
                    PORT,
                    HOST,
                    flag("--allowed-hosts {name}", "--allowed-hosts")),
            row(
                    List.of("webpack-dev-server"),
                    List.of("", "serve"),
                    Map.of(),
                    PORT,
                    HOST,
                    flag("--allowed-hosts {name}", "--allowed-hosts")),
            row(List.of("vue-cli-service"), SERVE, Map.of(), PORT, HOST),
            row(List.of("rsbuild", "rspack", "rslib"), List.of("dev", "serve", "preview"), Map.of(), PORT, HOST),
            row(List.of("parcel"), List.of("", "serve", "watch"), Map.of(), PORT, HOST),
            row(List.of("gatsby"), List.of("develop", "serve"), Map.of(), PORT, HOST),
            row(
                    List.of("docusaurus"),
                    List.of("start", "serve"),
                    Map.of(),
                    PORT,
                    HOST,
                    flag("--no-open", "--no-open", "--open")),
            row(List.of("eleventy"), List.of(""), Map.of(), PORT),
            row(List.of("ember"), List.of("serve", "server", "s"), Map.of(), PORT, HOST),
            row(List.of("wrangler"), DEV, Map.of(), PORT, flag("--ip {host}", "--ip")),
            row(List.of("http-server"), ANY, Map.of(), flag("-p {port}", "-p", "--port"), flag("-a {host}", "-a")),
            row(List.of("json-server"), ANY, Map.of(), PORT, HOST),
            row(
                    List.of("live-server"),
                    ANY,
                    Map.of(),
                    flag("--port={port}", "--port"),
                    flag("--host={host}", "--host"),
                    flag("--no-browser", "--no-browser", "--open")),
            // Python
            hostChecking(row(
                    List.of("manage.py", "manage", "django", "django-admin"),
                    List.of("runserver"),
                    Map.of(),
                    word("{host}:{port}"))),
            row(
                    List.of("flask"),
                    ANY,
                    Map.of("FLASK_RUN_PORT", "{port}", "FLASK_RUN_HOST", "{host}"),
                    obeyed("--port", "-p")),
            row(
                    List.of("uvicorn"),
                    ANY,
                    Map.of(),
                    flag("--port {port}", "--port", "--uds", "--fd"),
                    flag("--host {host}", "--host", "--uds", "--fd")),
            row(List.of("fastapi"), List.of("dev", "run"), Map.of(), PORT, HOST),
            row(List.of("gunicorn", "hypercorn"), ANY, Map.of(), flag("--bind {host}:{port}", "--bind", "-b")),
            row(List.of("http.server"), ANY, Map.of(), word("{port}"), flag("--bind {host}", "--bind", "-b")),
            row(List.of("mkdocs"), SERVE, Map.of(), flag("--dev-addr {host}:{port}", "--dev-addr", "-a")),
            row(
                    List.of("streamlit"),
                    List.of("run"),
                    Map.of(
                            "STREAMLIT_SERVER_PORT",
                            "{port}",
                            "STREAMLIT_SERVER_ADDRESS",
                            "{host}",
                            "STREAMLIT_SERVER_HEADLESS",
                            "true")),
            // Ruby
            row(
                    List.of("rails"),
                    List.of("server", "s"),
                    Map.of("RAILS_DEVELOPMENT_HOSTS", "{name}"),
                    flag("-p {port}", "-p", "--port"),
                    flag("-b {host}", "-b", "--binding")),
            row(List.of("rackup"), ANY, Map.of(), flag("-p {port}", "-p", "--port"), flag("-o {host}", "-o", "--host")),
            row(
                    List.of("jekyll"),
                    List.of("serve", "server", "s"),
                    Map.of(),
                    flag("--port {port}", "--port", "-P"),
                    flag("--host {host}", "--host", "-H")),
            // PHP
            row(
                    List.of("php"),
                    List.of(""),
                    Map.of(),
                    flag("-S {host}:{port}", "-S", "-r", "-f", "-i", "-v", "-m", "-a")),
            row(List.of("artisan"), SERVE, Map.of(), PORT, HOST),
            row(List.of("symfony"), List.of("serve", "server:start", "local:server:start"), Map.of(), PORT),
            // The JVM: Spring Boot, Quarkus and Micronaut, whatever starts them
            row(
                    List.of("mvn", "mvnw", "gradle", "gradlew", "java", "quarkus", "spring", "sbt", "kotlin"),
                    ANY,
                    Map.of(
                            "SERVER_PORT", "{port}",
                            "SERVER_ADDRESS", "{host}",
                            "QUARKUS_HTTP_PORT", "{port}",
                            "QUARKUS_HTTP_HOST", "{host}",
                            "MICRONAUT_SERVER_PORT", "{port}",
                            "MICRONAUT_SERVER_HOST", "{host}")),
            // Others. Hugo writes its own address into its pages unless told another one.
            row(
                    List.of("hugo"),
                    List.of("server", "serve"),
                    Map.of(),
                    flag("--port {port}", "--port", "-p"),
                    flag("--bind {host}", "--bind"),
                    flag("--baseURL {url} --appendPort=false --liveReloadPort {gateway-port}", "--baseURL", "-b")),
            row(List.of("dotnet"), List.of("run", "watch"), Map.of("ASPNETCORE_URLS", "http://{host}:{port}")),
            row(List.of("trunk"), SERVE, Map.of(), PORT, flag("--address {host}", "--address", "-a")),
            row(List.of("zola"), SERVE, Map.of(), PORT, flag("--interface {host}", "--interface", "-i")));

    private Frameworks() {}

    /** The one that this program with these arguments starts. */
    static Optional<Framework> of(String program, List<String> arguments) {
        return ALL.stream()
                .filter(framework -> framework.starts(program, arguments))
                .findFirst();
    }

    private static Framework row(
            List<String> programs, List<String> subcommands, Map<String, String> environment, Flag... flags) {
        return new Framework(programs, subcommands, List.of(flags), environment, false);
    }

    private static Framework hostChecking(Framework row) {
        return new Framework(row.programs(), row.subcommands(), row.flags(), row.environment(), true);
    }

    private static Flag flag(String words, String... spellings) {
        return new Flag(List.of(spellings), List.of(words.split(" ", -1)));
    }

    /** One that its users may give, and that goes before what the environment says. */
    private static Flag obeyed(String... spellings) {
        return new Flag(List.of(spellings), List.of());
    }

    private static Flag word(String word) {
        return new Flag(List.of(), List.of(word));
    }
}
