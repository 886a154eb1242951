package dev.loopgate.devserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.devserver.Launch.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a dev server is told of its port, its address and its name. */
class LaunchTest {

    private static final Slot SLOT = new Slot("web.localhost", "http://web.localhost:62893", 62893, 4123);

    @TempDir
    Path folder;

    private String line(String words) {
        return String.join(
                " ", Launch.of(List.of(words.split(" ", -1)), folder, SLOT).words());
    }

    private void scripts(String json) throws IOException {
        Files.writeString(folder.resolve("package.json"), "{\"scripts\": " + json + "}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vite                               | --port 4123 --host 127.0.0.1 --strictPort
            vite dev                           | --port 4123 --host 127.0.0.1 --strictPort
            vite build                         |
            node_modules/.bin/vite --port 3000 | --host 127.0.0.1 --strictPort
            vite -p=3000 --host                | --strictPort
            node node_modules/vite/bin/vite.js | --port 4123 --host 127.0.0.1 --strictPort
            npx --yes astro dev                | --port 4123 --host 127.0.0.1
            npm exec vite                      | -- --port 4123 --host 127.0.0.1 --strictPort
            pnpm exec astro dev                | --port 4123 --host 127.0.0.1
            yarn vite                          | --port 4123 --host 127.0.0.1 --strictPort
            ng serve                           | --port 4123 --host 127.0.0.1
            expo start --tunnel                | --port 4123
            react-router dev                   | --port 4123 --host 127.0.0.1
            nuxt dev                           | --port 4123 --host 127.0.0.1
            remix vite:dev                     | --port 4123 --host 127.0.0.1
            webpack serve                      | --port 4123 --host 127.0.0.1 --allowed-hosts web.localhost
            next dev                           | --hostname 127.0.0.1
            next dev -p 3000 -H 0.0.0.0        |
            next build                         |
            NODE_ENV=x env A=1 astro dev       | --port 4123 --host 127.0.0.1
            python manage.py runserver         | 127.0.0.1:4123
            python3 manage.py runserver --noreload | 127.0.0.1:4123
            python manage.py runserver 8000    |
            python manage.py migrate           |
            python3 -m http.server             | 4123 --bind 127.0.0.1
            python3 -m http.server 80          | --bind 127.0.0.1
            uv run uvicorn app:app --reload    | --port 4123 --host 127.0.0.1
            poetry run fastapi dev             | --port 4123 --host 127.0.0.1
            gunicorn app:app                   | --bind 127.0.0.1:4123
            bundle exec rails s                | -p 4123 -b 127.0.0.1
            bundle exec jekyll serve           | --port 4123 --host 127.0.0.1
            php -S                             | 127.0.0.1:4123
            php -t public                      | -S 127.0.0.1:4123
            php -S localhost:8000              |
            php artisan serve                  | --port 4123 --host 127.0.0.1
            hugo server                        | --port 4123 --bind 127.0.0.1 --baseURL http://web.localhost:62893/ --appendPort=false --liveReloadPort 62893
            node server.js                     |
            go run .                           |
            """)
    void is_told_by_its_own_options_what_it_was_not_told_yet(String words, String added) {
        assertThat(line(words)).isEqualTo(added == null ? words : words + " " + added);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            npm run dev             | npm run dev -- --port 4123 --host 127.0.0.1 --strictPort
            npm run dev -- --open   | npm run dev -- --open --port 4123 --host 127.0.0.1 --strictPort
            npm --silent run dev    | npm --silent run dev -- --port 4123 --host 127.0.0.1 --strictPort
            npm start               | npm start -- --port 4123 --host 127.0.0.1 --strictPort
            pnpm dev                | pnpm dev --port 4123 --host 127.0.0.1 --strictPort
            yarn run dev            | yarn run dev --port 4123 --host 127.0.0.1 --strictPort
            bun run dev             | bun run dev --port 4123 --host 127.0.0.1 --strictPort
            npm run nested          | npm run nested -- -- --port 4123 --host 127.0.0.1 --strictPort
            npm run own             | npm run own -- --host 127.0.0.1 --strictPort
            npm run quoted          | npm run quoted -- --port 4123 --host 127.0.0.1 --strictPort
            npm run piped           | npm run piped
            npm run both            | npm run both
            npm run circle          | npm run circle
            npm run nowhere         | npm run nowhere
            npm install             | npm install
            """)
    void is_seen_behind_the_scripts_of_its_package(String words, String expected) throws IOException {
        scripts("""
                {"dev": "tsc --noEmit && vite", "start": "npm run dev", "nested": "npm run dev", "own": "vite --port 3000",
                 "quoted": "cross-env \\"A=b c\\" vite", "piped": "vite | tee log", "both": "vite & node api.js",
                 "circle": "npm run circle"}""");

        assertThat(line(words))
                .isEqualTo(
                        words.equals("npm start")
                                ? "npm start -- -- --port 4123 --host 127.0.0.1 --strictPort"
                                : expected);
    }

    @Test
    void is_awaited_on_the_port_that_its_user_gave() throws IOException {
        scripts("{\"dev\": \"vite --port 3000\"}");

        Launch launch = Launch.of(List.of("npm", "run", "dev"), folder, SLOT);

        assertThat(launch.port()).isEqualTo(3000);
        assertThat(launch.environment()).containsEntry("PORT", "3000");
        assertThat(Launch.of(List.of("php", "-S", "localhost:8000"), folder, SLOT)
                        .port())
                .isEqualTo(8000);
        assertThat(Launch.of(List.of("next", "dev", "-p", "3000"), folder, SLOT).port())
                .isEqualTo(3000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            node server.js           | PORT           | 3000  | 3000
            vite                     | PORT           | 3000  | 3000
            vite --port 5000         | PORT           | 3000  | 5000
            ./mvnw spring-boot:run   | SERVER_PORT    | 9000  | 9000
            flask --app x run        | FLASK_RUN_PORT | 9000  | 9000
            node server.js           | PORT           | auto  | 4123
            node server.js           | PORT           | 99999 | 4123
            node server.js           | SERVER_PORT    | 9000  | 4123
            """)
    void is_awaited_on_the_port_among_the_variables_that_its_user_gave(
            String line, String name, String value, int expected) {
        Launch launch = Launch.ofShell(line, folder, SLOT, Map.of(name, value));

        assertThat(launch.port()).isEqualTo(expected);
        assertThat(launch.environment()).containsEntry(name, value);
    }

    @Test
    void is_told_by_its_options_of_the_port_that_its_user_gave_by_a_variable() {
        assertThat(Launch.ofShell("vite", folder, SLOT, Map.of("PORT", "3000")).words())
                .last()
                .asString()
                .contains("--port 3000");
    }

    @Test
    void finds_its_port_its_address_and_its_url_in_the_environment() {
        assertThat(Launch.of(List.of("node", "server.js"), folder, SLOT).environment())
                .containsOnly(
                        Map.entry("PORT", "4123"),
                        Map.entry("HOST", "127.0.0.1"),
                        Map.entry("LOOPGATE_URL", "http://web.localhost:62893"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vite                            | __VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS | web.localhost
            flask --app x run               | FLASK_RUN_PORT                         | 4123
            ./mvnw spring-boot:run          | SERVER_PORT                            | 4123
            ./gradlew quarkusDev            | QUARKUS_HTTP_PORT                      | 4123
            java -jar app.jar               | SERVER_ADDRESS                         | 127.0.0.1
            bin/rails server                | RAILS_DEVELOPMENT_HOSTS                | web.localhost
            dotnet watch                    | ASPNETCORE_URLS                        | http://127.0.0.1:4123
            """)
    void is_told_by_variables_where_that_is_its_way(String words, String name, String value) {
        assertThat(Launch.of(List.of(words.split(" ", -1)), folder, SLOT).environment())
                .containsEntry(name, value);
    }

    @Test
    void a_line_for_the_shell_gets_the_same_words_at_its_end() {
        assertThat(Launch.ofShell("cd web && astro dev", folder, SLOT, Map.of()).words())
                .containsExactly("sh", "-c", "cd web && astro dev --port 4123 --host 127.0.0.1");
        assertThat(Launch.ofShell("astro dev | cat", folder, SLOT, Map.of()).words())
                .containsExactly("sh", "-c", "astro dev | cat");
    }

    @Test
    void is_asked_by_its_address_where_it_takes_no_other_name() {
        Slot test = new Slot("web.test", "http://web.test:62893", 62893, 4123);
        List<String> django = List.of("python", "manage.py", "runserver");

        assertThat(Launch.of(django, folder, test).rewriteHost()).isTrue();
        assertThat(Launch.of(django, folder, SLOT).rewriteHost()).isFalse();
        assertThat(Launch.of(List.of("vite"), folder, test).rewriteHost()).isFalse();
    }
}
