package dev.loopgate.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What an editor would say of a text: YAML 1.2's core types, held against {@code conf/loopgate.schema.json}. */
final class SchemaCheck {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Schema schema;

    SchemaCheck() {
        try {
            schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(Files.readString(Path.of("conf/loopgate.schema.json")), InputFormat.JSON);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** What is wrong with a text; nothing where an editor could not read it as YAML at all. */
    List<String> faults(String text) {
        Problems problems = new Problems();
        Optional<Item> tree = new YamlText(Texts.MAIN, problems)
                .decode(text.getBytes(StandardCharsets.UTF_8))
                .flatMap(new YamlTree(Texts.MAIN, problems, new Variables(name -> "", problems))::parse);
        return tree.map(item -> schema.validate(json(item)).stream()
                        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                        .toList())
                .orElse(List.of());
    }

    private static JsonNode json(Item item) {
        if (item instanceof Item.Mapping mapping) {
            ObjectNode object = JSON.objectNode();
            mapping.entries().forEach(entry -> object.set(entry.key().text(), json(entry.value())));
            return object;
        }
        if (item instanceof Item.Listing listing) {
            ArrayNode array = JSON.arrayNode();
            listing.items().forEach(one -> array.add(json(one)));
            return array;
        }
        return scalar((Item.Scalar) item);
    }

    /** YAML 1.2.2 §10.3.2. */
    private static JsonNode scalar(Item.Scalar scalar) {
        String text = scalar.written();
        if (!scalar.plain()) {
            return JSON.textNode(text);
        }
        if (text.matches("|~|null|Null|NULL")) {
            return JSON.nullNode();
        }
        if (text.matches("true|True|TRUE|false|False|FALSE")) {
            return JSON.booleanNode(Boolean.parseBoolean(text));
        }
        if (text.matches("[-+]?[0-9]{1,18}")) {
            return JSON.numberNode(Long.parseLong(text));
        }
        if (text.matches("0x[0-9a-fA-F]{1,15}")) {
            return JSON.numberNode(Long.parseLong(text.substring(2), 16));
        }
        if (text.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")) {
            return JSON.numberNode(new java.math.BigDecimal(text));
        }
        return JSON.textNode(text);
    }
}
