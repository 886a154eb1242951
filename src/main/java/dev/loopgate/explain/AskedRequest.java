package dev.loopgate.explain;

import java.util.List;

/**
 * The request in question.
 *
 * @param scheme lower case
 * @param host without port; IPv6 in brackets
 * @param port empty where none was given
 * @param path begins with a slash; as sent
 * @param query with its question mark, or empty
 * @param fields header lines beside Host: {@code Name: value}
 */
public record AskedRequest(
        String method, String scheme, String host, String port, String path, String query, List<String> fields) {

    public AskedRequest {
        fields = List.copyOf(fields);
    }

    String authority(int gatewayPort) {
        return host + ":" + (port.isEmpty() ? Integer.toString(gatewayPort) : port);
    }

    String target() {
        return path + query;
    }
}
