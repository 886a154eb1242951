package dev.loopgate.config;

import dev.loopgate.config.ForwardsReader.Rule;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.ListenReader.Listener;
import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.ServerCommand;
import dev.loopgate.model.TlsSettings;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads a configuration file and what it includes. Safe for use by several threads. */
public final class ConfigurationReader {

    /** {@code $schema} is for editors: the JSON form's way to name its schema. */
    private static final Keys MAIN = new Keys(
            "this file",
            List.of(
                    "listen",
                    "hosts",
                    "forwards",
                    "tls",
                    "redirect-to-https",
                    "http3",
                    "defaults",
                    "include",
                    "trusted-proxies",
                    "accept-proxy-protocol",
                    "access-log",
                    "run",
                    "$schema"));

    private static final Keys INCLUDED = new Keys("an included file", List.of("hosts", "forwards", "$schema"));
    private static final Keys DEFAULTS = new Keys("defaults", OptionsReader.KEYS);

    private final UnaryOperator<@Nullable String> environment;

    /** @param environment the value of an environment variable, or null where it is not set; {@code System::getenv} */
    public ConfigurationReader(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    /**
     * Reads, checks and resolves a configuration. Never throws: whatever is wrong is a {@link Problem} with its place.
     * Relative paths in a file are relative to that file.
     */
    public ReadResult read(Path mainFile, SourceTexts texts) {
        Problems problems = new Problems();
        SourceFiles files = new SourceFiles(texts, problems, new Variables(environment, problems));
        Placed placed = files.load(mainFile)
                .map(mapping -> configuration(mapping, mainFile, files, problems))
                .orElse(new Placed(Configuration.EMPTY, Places.NONE));
        ReadSources sources = files.sources();
        List<Problem> warnings = problems.warnings(sources.files());
        return problems.errorCount() > 0
                ? new ReadResult.Invalid(problems.errors(sources.files()), warnings, sources)
                : new ReadResult.Valid(placed.configuration, warnings, sources, placed.places);
    }

    /**
     * The dev servers of a valid configuration, in the order of the file. No part of what a gateway runs on.
     *
     * @param mainFile as for {@link #read}, which tells what is wrong
     */
    public List<ServerCommand> servers(Path mainFile, SourceTexts texts) {
        Problems problems = new Problems();
        return new SourceFiles(texts, problems, new Variables(environment, problems))
                .load(mainFile)
                .flatMap(mapping -> new Fields(mapping, MAIN, problems).value("run"))
                .map(new RunReader(problems)::read)
                .orElse(List.of());
    }

    private record Placed(Configuration configuration, Places places) {}

    private static Placed configuration(Mapping mapping, Path mainFile, SourceFiles files, Problems problems) {
        Scalars scalars = new Scalars(problems);
        Fields main = new Fields(mapping, MAIN, problems);
        main.value("$schema").ifPresent(item -> scalars.scalar(item, "the name of a schema"));
        List<Listener> listeners = main.value("listen")
                .map(new ListenReader(problems)::read)
                .orElse(List.of(new Listener(
                        mapping.place(), "the gateway by default", BindAddress.loopback(Configuration.DEFAULT_PORT))));
        TlsReader certificates = new TlsReader(problems, files);
        TlsSettings tls = main.value("tls").flatMap(certificates::read).orElse(TlsSettings.DEFAULT);
        boolean redirect =
                main.value("redirect-to-https").flatMap(scalars::bool).orElse(false);
        if (redirect && tls instanceof TlsSettings.Off) {
            problems.error(main.placeOf("redirect-to-https"), HostsReader.NOWHERE, "write tls: auto");
        }
        HostsReader hosts = new HostsReader(problems, defaults(main, scalars, problems), certificates, tls, redirect);
        ForwardsReader forwards = new ForwardsReader(problems, certificates);
        main.value("hosts").ifPresent(hosts::read);
        main.value("forwards").ifPresent(forwards::read);
        for (Mapping map :
                main.value("include").map(item -> files.include(mainFile, item)).orElse(List.of())) {
            Fields included = new Fields(map, INCLUDED, problems);
            included.value("hosts").ifPresent(hosts::read);
            included.value("forwards").ifPresent(forwards::read);
        }
        List<Cidr> trusted = main.value("trusted-proxies")
                .filter(item -> !Scalars.isNull(item))
                .map(new Cidrs(problems)::blocks)
                .orElse(List.of());
        boolean proxyProtocol =
                main.value("accept-proxy-protocol").flatMap(scalars::bool).orElse(false);
        if (proxyProtocol && !main.has("trusted-proxies")) {
            problems.error(
                    main.placeOf("accept-proxy-protocol"),
                    "nobody is trusted to send a PROXY header",
                    "name the proxies: trusted-proxies: [10.0.0.5]");
        }
        AccessLogSettings accessLog = main.value("access-log")
                .map(new AccessLogReader(problems)::read)
                .orElse(AccessLogSettings.DEFAULT);
        hosts.hosts().stream()
                .filter(host -> host.tls().isEmpty())
                .forEach(host -> certificates.checkName(tls, host.pattern(), main.placeOf("tls")));
        main.value("run").ifPresent(new RunReader(problems)::read);
        List<Rule> rules = forwards.rules();
        boolean http3 = main.value("http3").flatMap(scalars::bool).orElse(false);
        new PortChecks(problems, listeners, http3).check(rules, hosts.uses());
        Configuration configuration = new Configuration(
                listeners.stream().map(Listener::address).toList(),
                hosts.hosts(),
                rules.stream()
                        .flatMap(rule -> rule.forwards().stream().map(Forward.class::cast))
                        .toList(),
                trusted,
                proxyProtocol,
                accessLog,
                tls,
                http3);
        if (http3 && !configuration.servesTls()) {
            problems.error(main.placeOf("http3"), "HTTP/3 takes TLS, and tls is off", "write tls: auto");
        }
        List<Place> places = rules.stream()
                .flatMap(rule ->
                        Collections.nCopies(rule.forwards().size(), rule.key().place()).stream())
                .toList();
        return new Placed(configuration, new Places(hosts.hostPlaces(), places));
    }

    private static Options defaults(Fields main, Scalars scalars, Problems problems) {
        Item item = main.value("defaults").orElse(new Mapping(main.place(), List.of()));
        Mapping mapping = scalars.mappingOrNothing(item, "a map of route options");
        return new OptionsReader(problems).options(new Fields(mapping, DEFAULTS, problems));
    }
}
