package dev.loopgate.builtin;

import io.vertx.core.http.MimeMapping;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The media type of a file by the extension of its name; text is taken to be UTF-8. */
final class ContentTypes {

    /** What Vert.x does not know, or knows by a name that was replaced since. */
    private static final Map<String, String> NEWER = Map.ofEntries(
            Map.entry("avif", "image/avif"),
            Map.entry("cjs", "text/javascript"),
            Map.entry("glb", "model/gltf-binary"),
            Map.entry("gltf", "model/gltf+json"),
            Map.entry("heic", "image/heic"),
            Map.entry("jsonld", "application/ld+json"),
            Map.entry("jxl", "image/jxl"),
            Map.entry("map", "application/json"),
            Map.entry("md", "text/markdown"),
            Map.entry("mpd", "application/dash+xml"),
            Map.entry("otf", "font/otf"),
            Map.entry("toml", "application/toml"),
            Map.entry("ttf", "font/ttf"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("yaml", "application/yaml"),
            Map.entry("yml", "application/yaml"));

    private static final Set<String> TEXT = Set.of(
            "application/xml",
            "application/xhtml+xml",
            "image/svg+xml",
            "application/yaml",
            "application/toml",
            "application/atom+xml",
            "application/rss+xml");

    private ContentTypes() {}

    /** The Content-Type of a file by its name, or null where the name does not tell. */
    static @Nullable String of(String fileName) {
        int dot = fileName.lastIndexOf('.');
        if (dot < 0) {
            return null;
        }
        String extension = fileName.substring(dot + 1).toLowerCase(Locale.ROOT);
        String type = NEWER.get(extension);
        if (type == null) {
            type = MimeMapping.mimeTypeForExtension(extension);
        }
        if (type == null) {
            return null;
        }
        return type.startsWith("text/") || TEXT.contains(type) ? type + "; charset=utf-8" : type;
    }

    /** The Content-Type of a file whose name does not tell, by how it begins. */
    static String guess(byte[] start, int length) {
        for (int i = 0; i < length; i++) {
            int value = start[i] & 0xff;
            boolean blank = value == '\t' || value == '\n' || value == '\r' || value == '\f' || value == 0x1b;
            if (value < ' ' && !blank) {
                return "application/octet-stream";
            }
        }
        return "text/plain; charset=utf-8";
    }
}
