package dev.loopgate.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

    private static CommandLine words(String... words) {
        return new CommandLine(String.join("\0", words));
    }

    @Test
    void a_loopgate_is_known_by_its_jar_and_shown_as_it_was_typed() {
        CommandLine gateway = words(
                "/usr/lib/jvm/17/bin/java", "-Xss512k", "-jar", "/opt/loopgate/target/loopgate.jar", "run", "--json");
        assertThat(gateway.gateway()).isTrue();
        assertThat(gateway.typed()).isEqualTo("loopgate run --json");
        assertThat(gateway.brief()).isEqualTo("loopgate run --json");
        assertThat(words("java", "-cp", "target/classes", "dev.loopgate.cli.Main", "status")
                        .typed())
                .isEqualTo("loopgate status");
        assertThat(words("java", "-jar", "loopgate.jar").typed()).isEqualTo("loopgate");
        assertThat(words("vi", "loopgate.jar.txt", "loopgate.yaml").gateway()).isFalse();
        assertThat(words("java", "-jar", "/opt/loopgate.jar.old").gateway()).isFalse();
    }

    @Test
    void a_long_one_keeps_its_ends() {
        String options = "-XX:+Some ".repeat(40);
        assertThat(new CommandLine("java " + options + "-jar app.jar run").brief())
                .hasSizeLessThan(130)
                .startsWith("java -XX:+Some")
                .contains(" … ")
                .endsWith("-jar app.jar run");
        assertThat(new CommandLine("nc -l 80").brief()).isEqualTo("nc -l 80");
    }

    /** A zero between words is written as {@code |}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "app|--password|hunter2|--port|80; app --password *** --port 80",
                "app|--password=hunter2; app --password=***",
                "java|-Dspring.datasource.password=hunter2|-jar|a.jar; java -Dspring.datasource.password=*** -jar a.jar",
                "docker|run|-e|POSTGRES_PASSWORD=hunter2|pg; docker run -e POSTGRES_PASSWORD=*** pg",
                "curl|-H|Authorization: Bearer hunter2|x; curl -H Authorization: *** x",
                "curl|-u|ann:hunter2|x; curl -u ann:*** x",
                "app|postgres://ann:hunter2@db/shop; app postgres://ann:***@db/shop",
                "app|redis://:hunter2@db; app redis://:***@db",
                "app|http://x/?a=1&token=hunter2&b=2; app http://x/?a=1&token=***&b=2",
                "app|--api-key|hunter2; app --api-key ***",
                "app|--api-token|hunter2; app --api-token ***",
                "sh|-c|API_SECRET=hunter2 npm run dev; sh -c API_SECRET=*** npm run dev",
                "sh|-c|serve --auth-token hunter2 --port 80; sh -c serve --auth-token *** --port 80",
                "redis-server|--requirepass|hunter2; redis-server --requirepass ***",
                "rails|SECRET_KEY_BASE=hunter2; rails SECRET_KEY_BASE=***",
            })
    void what_is_secret_is_not_in_a_message(String command, String shown) {
        CommandLine line = new CommandLine(command.replace('|', '\0'));
        assertThat(line.brief()).isEqualTo(shown);
        assertThat(line.whole()).contains("hunter2");
    }

    @ParameterizedTest
    @CsvSource({"node|server.js|--port|3000", "app|--token|--verbose", "python3|-m|http.server", "app|http://host:80/x"
    })
    void all_else_is_shown(String command) {
        assertThat(new CommandLine(command.replace('|', '\0')).brief()).isEqualTo(command.replace('|', ' '));
    }
}
