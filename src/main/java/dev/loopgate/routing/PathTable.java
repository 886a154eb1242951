package dev.loopgate.routing;

import dev.loopgate.model.Route;
import dev.loopgate.model.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The routes of one host, with every decision made beforehand. */
final class PathTable<T> {

    private final PrefixIndex asSent;
    private final PrefixIndex decoded;
    private final List<RouteDecision<T>> decisions;
    private final RouteDecision<T> unknown;
    private final int readings;
    private final boolean rootOnly;

    PathTable(VirtualHost host, BiFunction<VirtualHost, Route, T> compile) {
        List<byte[]> sentForms = new ArrayList<>();
        List<byte[]> decodedForms = new ArrayList<>();
        List<RouteDecision<T>> made = new ArrayList<>(host.routes().size());
        int flags = PathReadings.SLASHES | PathReadings.MERGE | PathReadings.PARAMETERS | PathReadings.DOTS;
        for (Route route : host.routes()) {
            byte[] sent = asSent(route.prefix().value());
            byte[] buffer = new byte[sent.length + 1];
            int length = sent.length == 0 ? 0 : PathReadings.read(sent, 0, sent.length, 0, buffer);
            // A prefix that itself has an escaped slash, a parameter or the like would contradict a reading without it.
            flags &= ~(PathReadings.flags(sent, 0, sent.length) & ~PathReadings.DOTS);
            sentForms.add(sent);
            decodedForms.add(Arrays.copyOf(buffer, length));
            made.add(new RouteDecision.Matched<>(host, route, compile.apply(host, route), sent.length));
        }
        decisions = List.copyOf(made);
        asSent = PrefixIndex.of(sentForms);
        decoded = PrefixIndex.of(decodedForms);
        unknown = new RouteDecision.UnknownPath<>(host);
        readings = flags;
        rootOnly = sentForms.size() == 1 && sentForms.get(0).length == 0;
    }

    RouteDecision<T> decide(byte[] bytes, int start, int end) {
        if (rootOnly) {
            return decisions.get(0);
        }
        int found = asSent.find(bytes, start, end);
        if (start < end && bytes[start] == '/' && PathReadings.suspicious(bytes, start, end)) {
            RouteDecision<T> other = otherReading(bytes, start, end, found);
            if (other != null) {
                return other;
            }
        }
        return found == ByteIndex.ABSENT ? unknown : decisions.get(found);
    }

    private @Nullable RouteDecision<T> otherReading(byte[] bytes, int start, int end, int found) {
        int flags = PathReadings.flags(bytes, start, end) & readings;
        byte[] out = new byte[end - start];
        for (int reading = flags; reading >= 0; reading = reading == 0 ? -1 : (reading - 1) & flags) {
            int length = PathReadings.read(bytes, start, end, reading, out);
            if (decoded.find(out, 0, length) != found) {
                return new RouteDecision.AmbiguousPath<>(new String(out, 0, length, StandardCharsets.UTF_8));
            }
        }
        return null;
    }

    /** A prefix as clients send it: characters that RFC 3986 does not allow in a path are escaped; {@code /} is empty. */
    private static byte[] asSent(String prefix) {
        StringBuilder text = new StringBuilder();
        for (byte b : (prefix.equals("/") ? "" : prefix).getBytes(StandardCharsets.UTF_8)) {
            if (b <= ' ' || b == 0x7f || "\"#<>?`{}".indexOf(b) >= 0) {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            } else {
                text.append((char) b);
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
