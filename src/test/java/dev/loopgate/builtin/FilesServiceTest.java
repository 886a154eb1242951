package dev.loopgate.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.RawResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files are found, and how they are named, through the gateway over real sockets. */
@ExtendWith(LeakCheck.class)
class FilesServiceTest {

    @TempDir
    Path place;

    private Path root;
    private ServedFolder site;

    @BeforeEach
    void serve() throws Exception {
        root = Files.createDirectory(place.resolve("site"));
        // Not below the build's own temporary folder, whose path may be too long for a socket's.
        site = new ServedFolder(root, place);
        site.write("index.html", "<h1>home</h1>");
        site.write("sub/index.html", "<h1>sub</h1>");
        site.write("data.txt", "0123456789");
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    @Test
    void serves_a_file_with_its_validators_and_lets_nothing_be_kept_unasked() {
        RawResponse answer = site.get("/data.txt");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("0123456789");
        assertThat(answer.field("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(answer.field("Last-Modified")).contains("Mon, 06 May 2024 07:08:09 GMT");
        assertThat(answer.field("ETag").orElse("")).matches("\"[^\"]+\"");
        assertThat(answer.field("Cache-Control")).contains("no-cache");
        assertThat(answer.field("Accept-Ranges")).contains("bytes");
        assertThat(answer.all("Date")).hasSize(1);
    }

    @Test
    void head_tells_the_length_and_sends_nothing() {
        RawResponse answer = site.ask("HEAD", "files.localhost", "/data.txt");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.field("Content-Length")).contains("10");
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
    void other_methods_are_405_with_what_is_allowed(String method) {
        RawResponse answer = site.ask(method, "files.localhost", "/data.txt", "Content-Length: 0");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.field("Allow")).contains("GET, HEAD");
        assertThat(answer.error()).isEqualTo("method-not-allowed");
    }

    @Test
    void a_folder_shows_its_index_and_is_never_listed() throws IOException {
        Files.createDirectory(root.resolve("empty"));

        assertThat(site.get("/").body()).isEqualTo("<h1>home</h1>");
        assertThat(site.get("/sub/").body()).isEqualTo("<h1>sub</h1>");
        assertThat(site.get("/empty/").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "files.localhost,/sub,./sub/",
        "files.localhost,/sub?a=/b,./sub/?a=/b",
        "files.localhost,//sub,./sub/",
        "web.localhost,/docs/sub,./sub/",
        "web.localhost,/docs,./docs/",
        "web.localhost,/docs?x,./docs/?x",
        "web.localhost,/a:b,./a:b/"
    })
    void a_folder_without_its_slash_is_redirected_relative_to_whatever_name_it_has(
            String host, String target, String location) {
        RawResponse answer = site.ask("GET", host, target);

        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.field("Location")).contains(location);
    }

    @Test
    void a_route_with_a_prefix_serves_paths_below_it() {
        assertThat(site.ask("GET", "web.localhost", "/docs/").body()).isEqualTo("<h1>home</h1>");
        assertThat(site.ask("GET", "web.localhost", "/docs/data.txt").body()).isEqualTo("0123456789");
        assertThat(site.ask("GET", "web.localhost", "/docsx").body()).isEqualTo("root");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.env",
                "/.git/config",
                "/sub/.hidden",
                "/%2eenv",
                "/.well-known/.hidden",
                "/link.txt",
                "/linked/secret.txt",
                "/data.txt/",
                "/missing",
                "/../secret.txt",
                "/%2e%2e/secret.txt",
                "/..%2fsecret.txt",
                "/sub/..%5c..%5csecret.txt",
                "/sub/%2e%2e%2f%2e%2e%2fsecret.txt",
                "/%c0%ae%c0%ae/secret.txt",
                "/%c0%af../secret.txt",
                "/data.txt%00",
                "/data.txt%00.html",
                "/data.txt%0a",
                "/%",
                "/%2",
                "/%zz",
                "/%ff",
                "/sub/....//secret.txt",
                "/pipe"
            })
    void what_is_hidden_or_outside_is_not_there(String target) throws Exception {
        site.write(".env", "secret");
        site.write(".git/config", "secret");
        site.write("sub/.hidden", "secret");
        site.write(".well-known/.hidden", "secret");
        Files.writeString(place.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(root.resolve("link.txt"), place.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("linked"), place);
        new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start().waitFor();

        RawResponse answer = site.get(target);

        assertThat(answer.status()).isIn(400, 404);
        assertThat(answer.body()).doesNotContain("secret");
    }

    @Test
    void well_known_files_and_links_within_the_folder_are_served() throws Exception {
        site.write(".well-known/security.txt", "contact");
        Files.createSymbolicLink(root.resolve("alias.txt"), Path.of("data.txt"));

        assertThat(site.get("/.well-known/security.txt").body()).isEqualTo("contact");
        assertThat(site.get("/alias.txt").body()).isEqualTo("0123456789");
    }

    @ParameterizedTest
    @ValueSource(strings = {"grün.txt", "世界.txt", "a b&c#d?e%f.txt", "it's \"quoted\".txt"})
    void names_of_any_script_are_found(String name) throws Exception {
        site.write(name, "found");

        assertThat(site.get("/" + PathText.encode(name)).body()).isEqualTo("found");
    }

    @Test
    void a_page_of_an_application_falls_back_and_a_missing_file_does_not() {
        String page = "Accept: text/html,*/*;q=0.8";

        assertThat(site.ask("GET", "spa.localhost", "/products/42", page).body())
                .isEqualTo("<h1>home</h1>");
        assertThat(site.ask("GET", "spa.localhost", "/products/v1.2", page).status())
                .isEqualTo(200);
        assertThat(site.ask("GET", "spa.localhost", "/products/42").status()).isEqualTo(200);
        assertThat(site.ask("GET", "spa.localhost", "/data.txt", page).body()).isEqualTo("0123456789");
        assertThat(site.ask("GET", "spa.localhost", "/old-3f2a.js", "Accept: */*")
                        .status())
                .isEqualTo(404);
        assertThat(site.ask("GET", "spa.localhost", "/api/x", "Accept: application/json")
                        .status())
                .isEqualTo(404);
        assertThat(site.ask("GET", "spa.localhost", "/x", "Accept: */*", "Sec-Fetch-Mode: cors")
                        .status())
                .isEqualTo(404);
        assertThat(site.ask("GET", "spa.localhost", "/.env", page).status()).isEqualTo(404);
        assertThat(site.ask("POST", "spa.localhost", "/x", page, "Content-Length: 0")
                        .status())
                .isEqualTo(405);
    }

    @Test
    void an_unreadable_file_is_not_found() throws Exception {
        site.write("private.txt", "secret");
        Files.setPosixFilePermissions(root.resolve("private.txt"), PosixFilePermissions.fromString("---------"));

        RawResponse answer = site.get("/private.txt");

        // The superuser reads it all the same.
        assertThat(answer.status()).isIn(404, 200);
        assertThat(answer.status() == 404 || Files.isReadable(root.resolve("private.txt")))
                .isTrue();
    }

    @Test
    void a_folder_that_appears_later_is_served_from_then_on() throws Exception {
        Path moved = place.resolve("elsewhere");
        Files.move(root, moved);
        RawResponse missing = site.get("/");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.error()).isEqualTo("no-file");
        assertThat(missing.body()).contains("does not exist").doesNotContain(root.toString());

        Files.move(moved, root);
        assertThat(site.get("/").status()).isEqualTo(200);
    }

    @Test
    void failures_come_in_the_form_that_was_asked_for() {
        assertThat(site.get("/missing", "Accept: text/html").field("Content-Type"))
                .contains("text/html; charset=utf-8");
        assertThat(site.get("/missing", "Accept: application/json").body()).contains("\"code\":\"no-file\"");
        assertThat(site.get("/missing").body()).startsWith("404 no-file: ").endsWith(".\n");
    }

    @Test
    void equal_folders_share_a_server_and_its_socket_is_this_users_alone() throws Exception {
        UpstreamAddress one = site.service().files(new Target.Files(root, Optional.empty()));
        UpstreamAddress two = site.service().files(new Target.Files(root, Optional.empty()));
        UpstreamAddress other = site.service().files(new Target.Files(root, Optional.of("index.html")));

        assertThat(one).isEqualTo(two).isNotEqualTo(other);
        assertThat(site.service().size()).isEqualTo(2);
        Path socket = Path.of(((UpstreamAddress.UnixSocket) one).path());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.resolveSibling(""))))
                .isEqualTo("rwx------");
    }

    @Test
    void a_folder_that_is_wanted_again_keeps_its_server() {
        Target.Files files = new Target.Files(root, Optional.empty());
        UpstreamAddress before = site.service().files(files);

        site.service().keepOnly(Set.of());
        assertThat(site.service().files(files)).isEqualTo(before);
        assertThat(site.get("/data.txt").status()).isEqualTo(200);
    }

    @Test
    void closing_leaves_nothing_behind() throws Exception {
        Path sockets = place.resolve("loopgate");
        try (Stream<Path> entries = Files.list(sockets)) {
            assertThat(entries).hasSize(1);
        }
        ServedFolder.await(site.service().close());

        try (Stream<Path> entries = Files.list(sockets)) {
            assertThat(entries).isEmpty();
        }
    }
}
