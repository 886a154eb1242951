package dev.loopgate.devserver;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** What a project is called, by its own files, as a label of a host name. Reads the disk; keeps nothing. */
public final class ProjectName {

    private static final int LONGEST = 63;
    private static final int LARGEST_FILE = 1 << 20;

    private static final Pattern TABLE = Pattern.compile("\\s*\\[([^\\]]+)\\]\\s*(#.*)?");
    private static final Pattern NAME = Pattern.compile("\\s*name\\s*=\\s*[\"']([^\"']+)[\"'].*");
    private static final Pattern MODULE = Pattern.compile("(?m)^module\\s+\"?([^\\s\"]+)");

    /** In the order in which they are asked: the file, and how to find the name in it. */
    private static final Map<String, Function<String, Optional<String>>> MANIFESTS = manifests();

    private ProjectName() {}

    private static Map<String, Function<String, Optional<String>>> manifests() {
        Map<String, Function<String, Optional<String>>> all = new LinkedHashMap<>();
        all.put("package.json", ProjectName::ofPackage);
        all.put("pom.xml", ProjectName::ofPom);
        all.put("Cargo.toml", text -> ofToml(text, List.of("package")));
        all.put("go.mod", ProjectName::ofModule);
        all.put("pyproject.toml", text -> ofToml(text, List.of("project", "tool.poetry")));
        return all;
    }

    /**
     * From the folder up to the root of its Git repository, the first file of a project that has a name; else the folder of
     * the repository; else the folder itself.
     *
     * @param directory absolute
     * @return never empty
     */
    public static String of(Path directory) {
        Path root = GitPlace.rootOf(directory).orElse(directory);
        for (Path folder = directory; folder != null && folder.startsWith(root); folder = folder.getParent()) {
            for (Map.Entry<String, Function<String, Optional<String>>> manifest : MANIFESTS.entrySet()) {
                Optional<String> name = read(folder.resolve(manifest.getKey()))
                        .flatMap(manifest.getValue())
                        .map(ProjectName::label)
                        .filter(label -> !label.isEmpty());
                if (name.isPresent()) {
                    return reserved(name.get());
                }
            }
        }
        Path last = GitPlace.mainFolder(root).orElse(root).getFileName();
        String label = last == null ? "" : label(last.toString());
        return label.isEmpty() ? "app" : reserved(label);
    }

    /** The gateway's own name leads to no dev server. */
    private static String reserved(String label) {
        return label.equals("loopgate") ? "loopgate-dev" : label;
    }

    /** The text as one label of a host name: small letters, digits and hyphens. May be empty. */
    static String label(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}", "")
                .toLowerCase(Locale.ROOT);
        String label = plain.replaceAll("[^a-z0-9]+", "-").replaceAll("^-+", "");
        return label.substring(0, Math.min(LONGEST, label.length())).replaceAll("-+$", "");
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) <= LARGEST_FILE
                    ? Optional.of(Files.readString(file))
                    : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** {@code @scope/name} is the package {@code name}. */
    private static Optional<String> ofPackage(String text) {
        try {
            return Optional.ofNullable(new JsonObject(text).getValue("name"))
                    .map(Object::toString)
                    .map(name -> name.substring(name.lastIndexOf('/') + 1));
        } catch (DecodeException noJson) {
            return Optional.empty();
        }
    }

    /** The project's own {@code artifactId}, which stands beside that of its parent. */
    private static Optional<String> ofPom(String text) {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text));
            int depth = 0;
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    depth++;
                    if (depth == 2 && xml.getLocalName().equals("artifactId")) {
                        return Optional.of(xml.getElementText().strip());
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT) {
                    depth--;
                }
            }
            return Optional.empty();
        } catch (XMLStreamException noXml) {
            return Optional.empty();
        }
    }

    private static Optional<String> ofToml(String text, List<String> tables) {
        String table = "";
        for (String line : text.split("\\R", -1)) {
            Matcher head = TABLE.matcher(line);
            Matcher name = NAME.matcher(line);
            if (head.matches()) {
                table = head.group(1).strip();
            } else if (tables.contains(table) && name.matches()) {
                return Optional.of(name.group(1));
            }
        }
        return Optional.empty();
    }

    /** The last part of the module's path; {@code /v2} is its version. */
    private static Optional<String> ofModule(String text) {
        Matcher matcher = MODULE.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String path = matcher.group(1).replaceAll("/v[0-9]+$", "");
        return Optional.of(path.substring(path.lastIndexOf('/') + 1));
    }
}
