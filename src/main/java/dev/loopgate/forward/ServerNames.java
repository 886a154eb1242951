package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.UpstreamAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a forward leads by the server name: an exact name beats a wildcard, and the longest wildcard wins. */
final class ServerNames {

    private final Map<HostPattern, List<UpstreamAddress>> byPattern = new HashMap<>();
    private final List<UpstreamAddress> others;

    ServerNames(Forward.Tcp rule) {
        rule.preamble().serverNames().forEach(name -> byPattern.put(name.pattern(), name.to()));
        others = rule.to();
    }

    /**
     * @param name in lower case; null where there is none
     * @return empty where it is to be turned away
     */
    List<UpstreamAddress> find(@Nullable String name) {
        if (name == null) {
            return others;
        }
        List<UpstreamAddress> exact = byPattern.get(HostPattern.exact(name));
        if (exact != null) {
            return exact;
        }
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            List<UpstreamAddress> wildcard = byPattern.get(HostPattern.wildcard(name.substring(dot + 1)));
            if (wildcard != null && dot > 0) {
                return wildcard;
            }
        }
        return others;
    }
}
