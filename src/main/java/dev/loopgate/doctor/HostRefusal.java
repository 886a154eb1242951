package dev.loopgate.doctor;

import java.util.Optional;

/**
 * A server that answers to some names only, as dev servers do against DNS rebinding.
 *
 * @param server its name
 * @param place where its setting is
 * @param setting the line to put there
 */
record HostRefusal(String server, String place, String setting) {

    /**
     * Recognises the answers of those that say so themselves.
     *
     * @param host the name that was asked for, without a port
     */
    static Optional<HostRefusal> of(Page page, String host) {
        String body = page.body();
        if (page.status() == 403 && body.contains("Blocked request. This host")) {
            return Optional.of(
                    body.contains("angular.json")
                            ? new HostRefusal(
                                    "Angular", "angular.json, options of serve", "\"allowedHosts\": [\"" + host + "\"]")
                            : new HostRefusal("Vite", "vite.config.js", "server: { allowedHosts: ['" + host + "'] },"));
        }
        if (body.strip().equals("Invalid Host header") || body.contains("\nInvalid Host header")) {
            return Optional.of(new HostRefusal(
                    "webpack-dev-server", "webpack.config.js", "devServer: { allowedHosts: ['" + host + "'] },"));
        }
        boolean python =
                page.says("Server: WSGIServer") || page.says("Server: daphne") || page.says("Server: gunicorn");
        if (page.status() == 400
                && (body.contains("DisallowedHost")
                        || body.contains("ALLOWED_HOSTS")
                        || (python && body.contains("<h1>Bad Request (400)</h1>")))) {
            return Optional.of(new HostRefusal("Django", "settings.py", "ALLOWED_HOSTS = ['" + host + "']"));
        }
        if (page.status() == 403 && body.contains("Blocked host")) {
            return Optional.of(
                    new HostRefusal("Rails", "config/environments/development.rb", "config.hosts << \"" + host + "\""));
        }
        return Optional.empty();
    }

    /** Next.js serves its pages to every name, but refuses its scripts and its socket to pages of others. */
    static Optional<HostRefusal> ofNext(Page script, String host) {
        return script.status() == 403 && script.body().contains("Unauthorized")
                ? Optional.of(new HostRefusal("Next.js", "next.config.js", "allowedDevOrigins: ['" + host + "'],"))
                : Optional.empty();
    }
}
