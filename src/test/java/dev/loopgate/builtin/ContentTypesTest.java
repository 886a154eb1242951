package dev.loopgate.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Media types by name and by content. */
class ContentTypesTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            index.html, text/html; charset=utf-8
            A.HTML, text/html; charset=utf-8
            app.js, text/javascript; charset=utf-8
            app.mjs, text/javascript; charset=utf-8
            style.css, text/css; charset=utf-8
            module.wasm, application/wasm
            logo.svg, image/svg+xml; charset=utf-8
            site.webmanifest, application/manifest+json
            photo.avif, image/avif
            data.json, application/json
            app.js.map, application/json
            README.md, text/markdown; charset=utf-8
            font.woff2, font/woff2
            """)
    void the_extension_tells_the_type(String name, String type) {
        assertThat(ContentTypes.of(name)).isEqualTo(type);
    }

    @Test
    void a_name_that_tells_nothing_leaves_it_to_the_content() {
        byte[] text = "Permission is hereby granted, für alle".getBytes(StandardCharsets.UTF_8);
        byte[] binary = {0x7f, 'E', 'L', 'F', 0, 1};

        assertThat(ContentTypes.of("LICENSE")).isNull();
        assertThat(ContentTypes.of("x.unheard-of")).isNull();
        assertThat(ContentTypes.guess(text, text.length)).isEqualTo("text/plain; charset=utf-8");
        assertThat(ContentTypes.guess(binary, binary.length)).isEqualTo("application/octet-stream");
    }
}
