package dev.loopgate.cli;

import dev.loopgate.config.ReadResult;
import dev.loopgate.explain.Explanation.HostPlace;
import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.gateway.ConfigurationPart;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.VirtualHost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is served together, read anew: a configuration, and the projects that are attached to the gateway that runs it.
 *
 * @param places where each host stands
 * @param unread attached projects that have problems now, each with its first
 */
record ServedConfiguration(Configuration configuration, Map<HostPattern, HostPlace> places, Map<Path, String> unread) {

    ServedConfiguration {
        places = Map.copyOf(places);
        unread = Map.copyOf(unread);
    }

    /**
     * Blocks while files are read.
     *
     * @param file of the gateway's own configuration, absolute; empty where there is none
     */
    static ServedConfiguration of(Optional<Path> file, ReadResult.Valid own, List<AttachRequest> attached) {
        ConfigurationPart first = new ConfigurationPart("", file, own.configuration(), List.of(), own);
        Map<HostPattern, HostPlace> places = new LinkedHashMap<>();
        note(first, 0, places);
        List<ConfigurationPart> parts = new ArrayList<>();
        Map<Path, String> unread = new LinkedHashMap<>();
        for (AttachRequest request : attached) {
            ReadResult result = request.read();
            if (result instanceof ReadResult.Valid valid) {
                ConfigurationPart part = GatewayCommands.part(request, valid);
                note(part, request.pid(), places);
                parts.add(part);
            } else {
                unread.put(
                        request.source(),
                        ((ReadResult.Invalid) result).problems().get(0).toString());
            }
        }
        return new ServedConfiguration(ConfigurationPart.together(first, parts), places, unread);
    }

    private static void note(ConfigurationPart part, long attachedBy, Map<HostPattern, HostPlace> places) {
        if (part.file().isEmpty() && attachedBy == 0) {
            return;
        }
        for (VirtualHost host : part.configuration().hosts()) {
            HostPattern pattern = host.pattern();
            places.computeIfAbsent(pattern, any -> new HostPlace(HostName.printable(part.place(pattern)), attachedBy));
        }
    }
}
