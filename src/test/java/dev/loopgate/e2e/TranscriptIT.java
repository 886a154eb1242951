package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The transcript of the README is what the commands print, but for numbers that differ each time. With
 * {@code -Dloopgate.transcript=write} it is written there anew.
 */
class TranscriptIT {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```console\n(.*?)^```$");

    private static final String SERVERS = """
            launcher=$1
            mkdir -p "$HOME/shop" "$HOME/api"
            cat >"$HOME/shop/server.js" <<'END'
            require('http').createServer((request, response) => {
              response.setHeader('Content-Type', 'text/html')
              response.end('<title>Shop</title>\\n')
            }).listen(process.env.PORT, process.env.HOST)
            END
            sed 's/Shop/API/' "$HOME/shop/server.js" >"$HOME/api/server.js"
            echo '{}' | tee "$HOME/shop/package.json" >"$HOME/api/package.json"
            (cd "$HOME/api" && exec env PORT=8080 HOST=::1 node server.js) & api=$!
            "$launcher" run >gateway.log 2>&1 & gateway=$!
            await grep -q 'listening on' gateway.log
            await curl -s -o api.log 'http://[::1]:8080/'
            """;

    private static final String TYPED = """
            type() { echo "$ $*"; }
            cd "$HOME/shop"
            type 'loopgate exec -- node server.js &'
            "$launcher" exec -- node server.js >../exec.log 2>&1 & exec=$!
            await grep -h 'leads to' ../exec.log
            type curl http://shop.localhost:62893/
            curl -sS http://shop.localhost:62893/
            type curl http://api.localhost:62893/
            await sh -c 'curl -sS http://api.localhost:62893/ >../api.txt; grep -q wrong-family ../api.txt'
            cat ../api.txt
            type loopgate ports 8080
            await sh -c '"$0" ports 8080 >../ports.txt; grep -q API ../ports.txt' "$launcher"
            cat ../ports.txt
            type loopgate doctor 8080
            "$launcher" doctor --timeout 30s 8080 2>&1
            kill $exec; wait $exec || true
            kill $gateway $api; wait
            """;

    @TempDir
    Path folder;

    @Test
    void shows_what_the_commands_print() throws IOException {
        String printed = usual(OwnNetwork.outcome(
                folder,
                List.of("node", "curl", "sed"),
                SERVERS + TYPED,
                "hosts: {api.localhost: 'http://127.0.0.1:8080'}\n"));
        Path file = PackagedGateway.checkout().resolve("README.md");
        String readme = Files.readString(file);
        if ("write".equals(System.getProperty("loopgate.transcript"))) {
            String block = "```console\n" + printed + "```";
            Files.writeString(file, BLOCK.matcher(readme).replaceFirst(Matcher.quoteReplacement(block)));
            return;
        }
        assertThat(new Readme(readme).blocks("console")).containsExactly(printed);
    }

    /** With a user, numbers and a folder that stand for everybody's, and without what only containers are told. */
    private String usual(String printed) {
        String user = System.getProperty("user.name");
        return printed.replaceAll("pid [0-9]+", "pid 4711")
                .replace("user " + user, "user you")
                .replace("pid 4711, " + user, "pid 4711, you")
                .replaceAll("leads to port [0-9]+", "leads to port 24115")
                .replace(folder.resolve("home").toString(), "~")
                .replaceAll("(?m)^(info|warn) +machine .*\n( +fix: .*\n)?", "");
    }
}
