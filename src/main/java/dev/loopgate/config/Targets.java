package dev.loopgate.config;

import dev.loopgate.config.Item.Listing;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Target;
import dev.loopgate.model.Target.PathRewrite;
import dev.loopgate.model.Target.Upstream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a host or a route leads to. */
final class Targets {

    /** The keys that say what kind of target it is: one of them. */
    static final List<String> KINDS = List.of("to", "files", "redirect", "respond");

    /** Keys that one kind takes besides. */
    private static final Map<String, String> KIND_OF =
            Map.of("strip", "to", "rewrite", "to", "fallback", "files", "status", "redirect");

    static final List<String> KEYS =
            List.of("to", "strip", "rewrite", "files", "fallback", "redirect", "status", "respond");

    private static final Keys RESPOND = new Keys("respond", List.of("status", "body", "headers"));

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /** RFC 9110 §15.3.5, §15.3.6, §15.4.5: these never have content. */
    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

    private static final Pattern LOCATION = Pattern.compile("(https?://[^\\s/?#@]+([/?#].*)?|/([^/].*)?)");
    private static final Pattern URL_CHARACTERS = Pattern.compile("[\\x21\\x23-\\x3b=\\x3f-\\x5b\\x5d_a-z~]+");

    private final Problems problems;
    private final Scalars scalars;
    private final Upstreams upstreams;
    private final PathPrefixes prefixes;
    private final FieldEditsReader headers;
    private final List<Use> uses = new ArrayList<>();

    /** A place where the file names a backend. */
    record Use(Scalar at, Upstream upstream) {}

    Targets(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
        upstreams = new Upstreams(problems);
        prefixes = new PathPrefixes(problems);
        headers = new FieldEditsReader(problems);
    }

    /** Every backend met so far. */
    List<Use> uses() {
        return uses;
    }

    /** The short form: a value that names a backend. */
    Optional<Target> shorthand(Item item) {
        return upstream(item).map(one -> new Target.Proxy(List.of(one), new PathRewrite.Keep()));
    }

    /**
     * The target that a map describes.
     *
     * @param prefix of the route; all paths for a host
     * @param name of the host or the route, for messages
     */
    Optional<Target> target(Fields fields, PathPrefix prefix, Scalar name, boolean ofHost) {
        List<String> kinds = KINDS.stream().filter(fields::has).toList();
        if (kinds.isEmpty()) {
            problems.error(
                    fields.place(),
                    (ofHost ? "the host " : "the route ") + name.shown() + " has no target",
                    "add one of " + String.join(", ", KINDS) + (ofHost ? ", routes" : ""));
            return Optional.empty();
        }
        String kind = kinds.get(0);
        for (String other : kinds.subList(1, kinds.size())) {
            problems.error(
                    fields.placeOf(other), "\"" + kind + "\" and \"" + other + "\" exclude each other", "keep one");
        }
        KIND_OF.forEach((key, belongs) -> {
            if (fields.has(key) && !kinds.contains(belongs)) {
                problems.error(
                        fields.placeOf(key),
                        "\"" + key + "\" goes with \"" + belongs + "\", not with \"" + kind + "\"",
                        "leave it out");
            }
        });
        if (!kinds.contains("to")) {
            for (String key : OptionsReader.OF_UPSTREAMS) {
                if (fields.has(key)) {
                    problems.error(
                            fields.placeOf(key),
                            "\"" + key + "\" has no effect on \"" + kind + "\", which has no upstream",
                            "leave it out");
                }
            }
            if (fields.value("headers")
                    .filter(item -> item instanceof Mapping map && names(map, "request"))
                    .isPresent()) {
                problems.error(
                        fields.placeOf("headers"),
                        "headers of the request have no effect on \"" + kind + "\", which has no upstream",
                        "those of the response have: headers: {response: …}");
            }
        }
        Item value = fields.value(kind).orElseThrow();
        return switch (kind) {
            case "to" -> proxy(fields, value, prefix);
            case "files" -> files(fields, value);
            case "redirect" -> redirect(fields, value);
            default -> respond(value);
        };
    }

    private static boolean names(Mapping mapping, String key) {
        return mapping.entries().stream().anyMatch(entry -> entry.key().text().equals(key));
    }

    private Optional<Target> proxy(Fields fields, Item to, PathPrefix prefix) {
        Optional<PathRewrite> rewrite = rewrite(fields, prefix);
        if (to instanceof Listing list && list.items().isEmpty()) {
            problems.error(to.place(), "an empty list is no target", "name at least one backend");
            return Optional.empty();
        }
        List<Upstream> found = new ArrayList<>();
        for (Item item : scalars.oneOrMore(to)) {
            if (item instanceof Mapping) {
                problems.error(
                        item.place(),
                        "backends with options of their own are not supported by this version of Loopgate",
                        "list the backends alone: [3001, 3002]");
            } else {
                upstream(item).ifPresent(found::add);
            }
        }
        return found.isEmpty() ? Optional.empty() : rewrite.map(change -> new Target.Proxy(found, change));
    }

    private Optional<Upstream> upstream(Item item) {
        Optional<Upstream> upstream = upstreams.http(item);
        upstream.ifPresent(found -> uses.add(new Use((Scalar) item, found)));
        return upstream;
    }

    private Optional<PathRewrite> rewrite(Fields fields, PathPrefix prefix) {
        Optional<Boolean> strip = fields.value("strip").flatMap(scalars::bool);
        if (strip.orElse(false) && fields.has("rewrite")) {
            problems.error(
                    fields.placeOf("rewrite"),
                    "\"strip\" and \"rewrite\" exclude each other",
                    "rewrite: / strips, too");
        } else if (strip.orElse(false) && prefix.equals(PathPrefix.ROOT)) {
            problems.error(
                    fields.placeOf("strip"), "there is no prefix to strip: this matches every path", "leave strip out");
        }
        if (fields.has("rewrite")) {
            return fields.value("rewrite")
                    .flatMap(item -> scalars.scalar(item, "a path such as /v2"))
                    .flatMap(scalar -> prefixes.prefix(scalar, scalar.text()))
                    .map(path -> replacement(prefix, path));
        }
        return Optional.of(strip.orElse(false) ? new PathRewrite.Strip() : new PathRewrite.Keep());
    }

    private static PathRewrite replacement(PathPrefix prefix, PathPrefix path) {
        if (path.equals(prefix)) {
            return new PathRewrite.Keep();
        }
        return path.equals(PathPrefix.ROOT) ? new PathRewrite.Strip() : new PathRewrite.Replace(path.value());
    }

    private Optional<Target> files(Fields fields, Item item) {
        Optional<String> fallback = fields.value("fallback")
                .flatMap(value -> scalars.scalar(value, "a file in that folder, such as index.html"))
                .filter(scalar -> {
                    boolean within = scalar.text().matches("(?!\\.\\.?(/|$))[^/\\x00]+(/(?!\\.\\.?(/|$))[^/\\x00]+)*");
                    if (!within) {
                        problems.error(
                                scalar.place(),
                                "the fallback " + scalar.shown() + " is not a file below the folder",
                                "name it from the folder on, without a leading slash: index.html");
                    }
                    return within;
                })
                .map(Scalar::text);
        return scalars.path(item, "a folder").map(root -> {
            if (!Files.isDirectory(root)) {
                problems.warn(
                        item.place(),
                        (Files.exists(root)
                                        ? ((Scalar) item).shown() + " is no folder"
                                        : "there is no folder " + ((Scalar) item).shown() + " yet")
                                + ": requests will end in 404",
                        "a relative path begins at the folder of this file");
            }
            return new Target.Files(root, fallback);
        });
    }

    private Optional<Target> redirect(Fields fields, Item item) {
        int status = fields.value("status")
                .flatMap(value -> scalars.integer(value, "301, 302, 303, 307 or 308", 301, 308)
                        .filter(number -> {
                            if (!REDIRECTS.contains(number)) {
                                problems.error(value.place(), "expected 301, 302, 303, 307 or 308, found " + number);
                            }
                            return REDIRECTS.contains(number);
                        }))
                .orElse(302);
        return scalars.scalar(item, "a URL or a path").flatMap(scalar -> {
            String text = scalar.text();
            if (!LOCATION.matcher(text).matches()) {
                problems.error(
                        scalar.place(),
                        scalar.shown() + " is nowhere to redirect to",
                        "write a URL, https://app.localhost, or a path that begins with one slash");
                return Optional.empty();
            }
            if (!URL_CHARACTERS.matcher(text).matches()) {
                problems.error(
                        scalar.place(),
                        scalar.shown() + " has a character that URLs do not have",
                        "write it as an escape, such as %20 for a blank");
                return Optional.empty();
            }
            return Optional.of(new Target.Redirect(text, status));
        });
    }

    private Optional<Target> respond(Item item) {
        return scalars.mapping(item, "a map of status, body and headers").map(mapping -> {
            Fields fields = new Fields(mapping, RESPOND, problems);
            int status = fields.value("status")
                    .flatMap(value -> scalars.integer(value, "a status from 200 to 599", 200, 599))
                    .orElse(200);
            String body = fields.value("body")
                    .flatMap(value -> scalars.scalar(value, "a text, \"\" for an empty one"))
                    .map(Scalar::text)
                    .orElse("");
            if (!body.isEmpty() && WITHOUT_BODY.contains(status)) {
                problems.error(
                        fields.placeOf("body"), "an answer with status " + status + " has no body", "leave it out");
            }
            return new Target.Respond(
                    status, body, fields.value("headers").map(headers::fields).orElse(Map.of()));
        });
    }
}
