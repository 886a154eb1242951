package dev.loopgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.testkit.Gen;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Edits of a text: what is not meant stays, to the byte. */
class HostEditTest {

    private static final HostTarget PORT = new HostTarget("4000", false);
    private static final String NAME = "new.localhost";

    static Stream<Arguments> additions() {
        return Stream.of(
                Arguments.of("an empty file", "", "hosts:\n  new.localhost: 4000\n"),
                Arguments.of("comments only", "# mine\n", "# mine\nhosts:\n  new.localhost: 4000\n"),
                Arguments.of("no hosts", "listen: 80\n", "listen: 80\nhosts:\n  new.localhost: 4000\n"),
                Arguments.of("no hosts, no break", "listen: 80", "listen: 80\nhosts:\n  new.localhost: 4000"),
                Arguments.of(
                        "hosts: with nothing", "hosts:\nlisten: 80\n", "hosts:\n  new.localhost: 4000\nlisten: 80\n"),
                Arguments.of(
                        "hosts: commented out",
                        "hosts: # none yet\n    # a.localhost: 1\nlisten: 80\n",
                        "hosts: # none yet\n    new.localhost: 4000\n    # a.localhost: 1\nlisten: 80\n"),
                Arguments.of("hosts: null", "hosts: null # none\n", "hosts: # none\n  new.localhost: 4000\n"),
                Arguments.of(
                        "behind the last",
                        "hosts:\n    a.localhost: 1   # one\n\n# end\nlisten: 80\n",
                        "hosts:\n    a.localhost: 1   # one\n    new.localhost: 4000\n\n# end\nlisten: 80\n"),
                Arguments.of(
                        "behind a map of many lines",
                        "hosts:\n  a.localhost:\n    routes:\n      /: 1\n      # deep\n  # shallow\nlisten: 80\n",
                        "hosts:\n  a.localhost:\n    routes:\n      /: 1\n      # deep\n  new.localhost: 4000\n  # shallow\nlisten: 80\n"),
                Arguments.of("CR LF", "hosts:\r\n  a: 1\r\n", "hosts:\r\n  a: 1\r\n  new.localhost: 4000\r\n"),
                Arguments.of("a mark", "\ufeffhosts:\n  a: 1\n", "\ufeffhosts:\n  a: 1\n  new.localhost: 4000\n"),
                Arguments.of(
                        "indent of the file",
                        "defaults:\n   connect: 1s\n",
                        "defaults:\n   connect: 1s\nhosts:\n   new.localhost: 4000\n"),
                Arguments.of("braces", "hosts: {a: 1} # x\n", "hosts: {a: 1, new.localhost: 4000} # x\n"),
                Arguments.of("empty braces", "hosts: { }\n", "hosts: { new.localhost: 4000}\n"),
                Arguments.of("all in braces", "{listen: 80}", "{listen: 80, hosts: {new.localhost: 4000}}"),
                Arguments.of("the JSON of nothing", "{}", "{hosts: {new.localhost: 4000}}"),
                Arguments.of(
                        "JSON",
                        "{\n\t\"hosts\": {\n\t\t\"a.localhost\": 1\n\t}\n}\n",
                        "{\n\t\"hosts\": {\n\t\t\"a.localhost\": 1,\n\t\t\"new.localhost\": 4000\n\t}\n}\n"),
                Arguments.of(
                        "braces of many lines with a comment",
                        "hosts: {\n  a: 1 # one\n}\n",
                        "hosts: {\n  a: 1, # one\n  new.localhost: 4000\n}\n"),
                Arguments.of(
                        "a comma at the end",
                        "hosts: {\n  a: 1, # one\n}\n",
                        "hosts: {\n  a: 1, # one\n  new.localhost: 4000,\n}\n"),
                Arguments.of(
                        "characters outside the plane",
                        "# \ud83d\ude00\nhosts: {a: 1}\n",
                        "# \ud83d\ude00\nhosts: {a: 1, new.localhost: 4000}\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("additions")
    void adds_a_host_and_leaves_the_rest(String what, String before, String after) {
        assertThat(HostEdit.of(before, false).add(NAME, PORT)).isEqualTo(after);
    }

    static Stream<Arguments> removals() {
        return Stream.of(
                Arguments.of("the only one", "hosts:\n  x: 1\nlisten: 80\n", "hosts:\nlisten: 80\n"),
                Arguments.of(
                        "its comments",
                        "hosts:\n  a: 1\n  # of x\n  x: 1 # one\n    # more\n  # of b\n  b: 2\n",
                        "hosts:\n  a: 1\n  # of b\n  b: 2\n"),
                Arguments.of("its whole map", "hosts:\n  x:\n    routes:\n\n      /: 1\n  b: 2\n", "hosts:\n  b: 2\n"),
                Arguments.of(
                        "one blank line of two", "hosts:\n  a: 1\n\n  x: 1\n\n  b: 2\n", "hosts:\n  a: 1\n\n  b: 2\n"),
                Arguments.of("the last, without a break", "hosts:\n  a: 1\n  x: 1", "hosts:\n  a: 1"),
                Arguments.of("quotes", "hosts:\n  'x': 1\n  b: 2\n", "hosts:\n  b: 2\n"),
                Arguments.of("CR LF", "hosts:\r\n  x: 1\r\n  b: 2\r\n", "hosts:\r\n  b: 2\r\n"),
                Arguments.of("the first in braces", "hosts: {x: 1, b: 2}\n", "hosts: {b: 2}\n"),
                Arguments.of("the last in braces", "hosts: {a: 1, x: {to: 1}}\n", "hosts: {a: 1}\n"),
                Arguments.of("the only one in braces", "hosts: {x: 1}\n", "hosts: {}\n"),
                Arguments.of(
                        "the last of JSON",
                        "{\"hosts\": {\n  \"a\": 1,\n  \"x\": \"http:\\/\\/b:1\"\n}}",
                        "{\"hosts\": {\n  \"a\": 1\n}}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("removals")
    void removes_a_host_with_what_belongs_to_it(String what, String before, String after) {
        assertThat(HostEdit.of(before, false).remove(placeOf(before, "x"))).isEqualTo(after);
    }

    @Test
    void replaces_a_target_only() {
        String text = "hosts:\n  x:\n    to: 1\n    # old\n  b: 2 # two\n";
        assertThat(HostEdit.of(text, false).replace(placeOf(text, "x"), PORT))
                .isEqualTo("hosts:\n  x: 4000\n    # old\n  b: 2 # two\n");
        assertThat(HostEdit.of(text, false).replace(placeOf(text, "b"), new HostTarget("./site", true)))
                .isEqualTo("hosts:\n  x:\n    to: 1\n    # old\n  b: {files: ./site} # two\n");
    }

    @Test
    void leaves_a_host_alone_that_says_more_than_a_target() {
        String text = "hosts:\n  x: {to: 1, allow: [10.0.0.0/8]}\n";
        assertThatThrownBy(() -> HostEdit.of(text, false).replace(placeOf(text, "x"), PORT))
                .hasMessageContaining("options of its own");
    }

    @Test
    void quotes_what_needs_quotes() {
        assertThat(HostEdit.of("", false).add("*.shop.localhost", new HostTarget("http://[::1]:3000", false)))
                .isEqualTo("hosts:\n  \"*.shop.localhost\": \"http://[::1]:3000\"\n");
        assertThat(HostEdit.of("{\"listen\": 80}", false).add("a.localhost", new HostTarget("./a b", true)))
                .isEqualTo("{\"listen\": 80, \"hosts\": {\"a.localhost\": {\"files\": \"./a b\"}}}");
        assertThat(HostEdit.of("{}", true).add("a.localhost", PORT)).isEqualTo("{\"hosts\": {\"a.localhost\": 4000}}");
        assertThat(HostTarget.scalar("no", false)).isEqualTo("\"no\"");
        assertThat(HostTarget.scalar("a\"\\\n", false)).isEqualTo("\"a\\\"\\\\\\u000a\"");
    }

    @Test
    void says_what_it_does_not_understand() {
        assertThatThrownBy(() -> HostEdit.of("x: &h {a: 1}\nhosts: *h\n", false).add(NAME, PORT))
                .hasMessageContaining("alias");
        assertThatThrownBy(() -> HostEdit.of("hosts: [1]\n", false).add(NAME, PORT))
                .hasMessageContaining("no map");
        assertThatThrownBy(() -> HostEdit.of("hosts: {\n", false)).hasMessageContaining("no YAML");
    }

    static LongStream seeds() {
        return Gen.seeds(400);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_host_that_comes_and_goes_leaves_the_same_bytes(long seed) {
        String text = new Layout(new Gen(seed)).text();
        String added = HostEdit.of(text, false).add(NAME, PORT);
        assertThat(added).isNotEqualTo(text);
        Place place = placeOf(added, NAME);
        assertThat(HostEdit.of(added, false).remove(place)).as(text).isEqualTo(text);
    }

    /** Where the host stands, as its reader says. */
    private static Place placeOf(String text, String name) {
        String body = text.startsWith("\ufeff") ? text.substring(1) : text;
        EditTree.Entries root =
                (EditTree.Entries) EditTree.parse(body).orElseThrow(() -> new AssertionError("nothing in " + text));
        EditTree.Entries hosts =
                (EditTree.Entries) root.named("hosts").orElseThrow().value();
        EditTree.Leaf key = hosts.named(name).orElseThrow().key();
        return new Place(Path.of("x"), key.line(), key.column());
    }

    /** Configurations as different people lay them out; hosts are always there. */
    private static final class Layout {

        private final Gen gen;
        private final String breaking;
        private final String step;
        private int names;

        Layout(Gen gen) {
            this.gen = gen;
            breaking = gen.oneOf("\n", "\n", "\r\n");
            step = " ".repeat(gen.between(1, 4));
        }

        String text() {
            String text = gen.oneOf(
                            blockFile(),
                            blockFile(),
                            "{listen: 80, hosts: " + braces(gen.between(0, 3)) + "}",
                            "{" + breaking + step + "\"hosts\": " + wideBraces(gen.between(1, 3), step, true) + breaking
                                    + "}")
                    + gen.oneOf("", breaking, breaking);
            return gen.onceIn(5) ? "\ufeff" + text : text;
        }

        private String blockFile() {
            StringBuilder text = new StringBuilder();
            if (gen.onceIn(3)) {
                text.append("# the top").append(breaking);
            }
            if (gen.onceIn(2)) {
                text.append("listen: 80").append(gen.oneOf("", "  # port")).append(breaking);
                text.append(gen.oneOf("", breaking));
            }
            text.append("hosts:");
            switch (gen.between(0, 4)) {
                case 0 -> text.append(' ').append(braces(gen.between(0, 3)));
                case 1 -> text.append(' ').append(wideBraces(gen.between(1, 3), "", false));
                default -> block(text);
            }
            if (gen.onceIn(2)) {
                text.append(breaking).append(gen.oneOf("", breaking)).append("forwards: {8000: 9000}");
            }
            return text.toString();
        }

        private void block(StringBuilder text) {
            text.append(gen.oneOf("", " # all of them"));
            for (int left = gen.between(1, 4); left > 0; left--) {
                text.append(breaking);
                if (gen.onceIn(4)) {
                    text.append(breaking);
                }
                if (gen.onceIn(3)) {
                    text.append(step).append("# about it").append(breaking);
                }
                text.append(step).append(name()).append(":");
                switch (gen.between(0, 3)) {
                    case 0 ->
                        text.append(breaking)
                                .append(step)
                                .append(step)
                                .append("to: [3001, 3002]")
                                .append(gen.oneOf("", breaking + step + step + "# inside"));
                    case 1 -> text.append(" {to: 3000}");
                    default -> text.append(" 3000").append(gen.oneOf("", "   # a port"));
                }
            }
        }

        private String braces(int count) {
            StringBuilder text = new StringBuilder("{");
            for (int i = 0; i < count; i++) {
                text.append(i == 0 ? "" : ", ").append(name()).append(": 3000");
            }
            return text.append(count > 0 && gen.onceIn(4) ? "," : "")
                    .append('}')
                    .toString();
        }

        private String wideBraces(int count, String margin, boolean json) {
            String inner = margin + step;
            StringBuilder text = new StringBuilder("{");
            boolean trailing = !json && gen.onceIn(3);
            for (int i = 0; i < count; i++) {
                text.append(breaking).append(inner).append(json ? "\"h" + names++ + ".localhost\"" : name());
                text.append(": 3000").append(i < count - 1 || trailing ? "," : "");
                text.append(json ? "" : gen.oneOf("", " # note"));
            }
            return text.append(breaking).append(margin).append('}').toString();
        }

        private String name() {
            String name = "h" + names++ + ".localhost";
            return gen.oneOf(List.of(name, name, '"' + name + '"', "'" + name + "'"));
        }
    }
}
