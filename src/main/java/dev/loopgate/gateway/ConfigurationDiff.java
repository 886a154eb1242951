package dev.loopgate.gateway;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.VirtualHost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How many hosts, by pattern, forwards, by the socket they ask for, and addresses of the gateway itself are new, differ or
 * are gone; the settings that are there once, {@code access-log}, {@code trusted-proxies}, {@code accept-proxy-protocol}, {@code tls} and
 * {@code http3}, can only differ.
 */
record ConfigurationDiff(int added, int changed, int removed) {

    static ConfigurationDiff between(Configuration before, Configuration after) {
        return count(before.hosts(), after.hosts(), VirtualHost::pattern)
                .plus(count(before.forwards(), after.forwards(), Forward::key))
                .plus(count(before.listen(), after.listen(), address -> address))
                .plus(count(List.of(before.accessLog()), List.of(after.accessLog()), setting -> "access-log"))
                .plus(count(
                        List.of(before.trustedProxies()),
                        List.of(after.trustedProxies()),
                        setting -> "trusted-proxies"))
                .plus(count(
                        List.of(before.proxyProtocol()),
                        List.of(after.proxyProtocol()),
                        setting -> "accept-proxy-protocol"))
                .plus(count(List.of(before.tls()), List.of(after.tls()), setting -> "tls"))
                .plus(count(List.of(before.http3()), List.of(after.http3()), setting -> "http3"));
    }

    private static <T> ConfigurationDiff count(List<T> before, List<T> after, Function<T, Object> key) {
        Map<Object, T> left = new HashMap<>();
        before.forEach(item -> left.put(key.apply(item), item));
        int added = 0;
        int changed = 0;
        for (T item : after) {
            T old = left.remove(key.apply(item));
            if (old == null) {
                added++;
            } else if (!old.equals(item)) {
                changed++;
            }
        }
        return new ConfigurationDiff(added, changed, left.size());
    }

    private ConfigurationDiff plus(ConfigurationDiff other) {
        return new ConfigurationDiff(added + other.added, changed + other.changed, removed + other.removed);
    }
}
