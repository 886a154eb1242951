package dev.loopgate.observe;

import java.util.Locale;
import java.util.Set;

/** Takes secrets out of a target: the values of query parameters whose names promise one. */
final class Redaction {

    private static final Set<String> SECRET = Set.of(
            "token",
            "access_token",
            "id_token",
            "refresh_token",
            "auth_token",
            "password",
            "passwd",
            "pwd",
            "secret",
            "client_secret",
            "api_key",
            "apikey",
            "api-key",
            "sig",
            "signature",
            "x-amz-signature",
            "x-amz-security-token",
            "x-goog-signature");

    /** The target itself where it holds no secret. */
    String of(String target) {
        int query = target.indexOf('?');
        if (query < 0) {
            return target;
        }
        StringBuilder out = null;
        int copied = 0;
        int from = query + 1;
        while (from < target.length()) {
            int end = target.indexOf('&', from);
            end = end < 0 ? target.length() : end;
            int equals = target.indexOf('=', from);
            if (equals >= 0
                    && equals + 1 < end
                    && SECRET.contains(target.substring(from, equals).toLowerCase(Locale.ROOT))) {
                out = out == null ? new StringBuilder(target.length()) : out;
                out.append(target, copied, equals + 1).append("***");
                copied = end;
            }
            from = end + 1;
        }
        return out == null
                ? target
                : out.append(target, copied, target.length()).toString();
    }
}
