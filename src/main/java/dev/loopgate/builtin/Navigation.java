package dev.loopgate.builtin;

import dev.loopgate.http.FailurePage;
import io.vertx.core.MultiMap;

/**
 * Whether a request is for a page of an application that keeps its own addresses, rather than for a file that should be
 * there: a missing script must be a 404, not the application's HTML.
 */
final class Navigation {

    private Navigation() {}

    static boolean is(RequestPath path, MultiMap fields) {
        String mode = fields.get("Sec-Fetch-Mode");
        FailurePage.Format wanted = FailurePage.choose(String.join(",", fields.getAll("Accept")));
        if (mode != null) {
            // A browser says what it is about to do; its own fetch for HTML counts, too.
            return mode.equals("navigate") || wanted == FailurePage.Format.HTML;
        }
        return wanted == FailurePage.Format.HTML || (wanted == FailurePage.Format.TEXT && !path.hasExtension());
    }
}
