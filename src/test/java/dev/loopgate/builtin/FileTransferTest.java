package dev.loopgate.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent of a file: codings, conditions, ranges and sizes, through the gateway over real sockets. */
@ExtendWith(LeakCheck.class)
class FileTransferTest {

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
    void compressed_siblings_are_chosen_by_what_the_client_accepts() throws Exception {
        site.write("app.js", "plain");
        site.write("app.js.gz", "as gzip");
        site.write("app.js.br", "as brotli");
        site.write("app.js.zst", "as zstd");

        assertCoding("gzip, deflate, br, zstd", "br", "as brotli");
        assertCoding("gzip", "gzip", "as gzip");
        assertCoding("zstd;q=1, br;q=0.5", "zstd", "as zstd");
        assertCoding("br;q=0, *;q=0.1", "zstd", "as zstd");
        assertCoding("identity, gzip;q=0.5", "", "plain");
        assertCoding("", "", "plain");
    }

    private void assertCoding(String accept, String coding, String body) {
        RawResponse answer = site.get("/app.js", "Accept-Encoding: " + accept);
        assertThat(answer.field("Content-Encoding").orElse("")).as(accept).isEqualTo(coding);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.field("Content-Type")).contains("text/javascript; charset=utf-8");
        assertThat(answer.field("Vary")).contains("Accept-Encoding");
        assertThat(answer.field("ETag").orElse("").endsWith("-" + coding + "\""))
                .isEqualTo(!coding.isEmpty());
    }

    @Test
    void a_compressed_sibling_that_is_older_than_its_file_is_left_alone() throws Exception {
        site.write("app.js.gz", "stale");
        Files.writeString(root.resolve("app.js"), "edited");

        assertThat(site.get("/app.js", "Accept-Encoding: gzip").body()).isEqualTo("edited");
    }

    @Test
    void a_client_that_has_the_file_gets_304_until_it_changes() throws Exception {
        String tag = site.get("/data.txt").field("ETag").orElseThrow();

        RawResponse same = site.get("/data.txt", "If-None-Match: \"other\", W/" + tag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.field("ETag")).contains(tag);
        assertThat(site.get("/data.txt", "If-Modified-Since: Mon, 06 May 2024 07:08:09 GMT")
                        .status())
                .isEqualTo(304);

        Files.writeString(root.resolve("data.txt"), "changed");
        RawResponse changed = site.get("/data.txt", "If-None-Match: " + tag);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo("changed");
        assertThat(changed.field("ETag").orElse("")).startsWith("W/");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bytes=0-0    | 206 | 0          | bytes 0-0/10
            bytes=2-4    | 206 | 234        | bytes 2-4/10
            bytes=7-     | 206 | 789        | bytes 7-9/10
            bytes=-3     | 206 | 789        | bytes 7-9/10
            bytes=-99    | 206 | 0123456789 | bytes 0-9/10
            bytes=5-99999999999999999999 | 206 | 56789 | bytes 5-9/10
            bytes=10-    | 416 | ''         | bytes */10
            bytes=-0     | 416 | ''         | bytes */10
            bytes=4-2    | 200 | 0123456789 | ''
            bytes=0-1,4-5| 200 | 0123456789 | ''
            lines=0-1    | 200 | 0123456789 | ''
            bytes=a-b    | 200 | 0123456789 | ''
            """)
    void one_range_is_sent_alone(String range, int status, String body, String contentRange) {
        RawResponse answer = site.get("/data.txt", "Range: " + range);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.field("Content-Range").orElse("")).isEqualTo(contentRange);
    }

    @Test
    void a_range_of_a_file_that_changed_meanwhile_gives_the_whole_new_file() throws Exception {
        String tag = site.get("/data.txt").field("ETag").orElseThrow();

        assertThat(site.get("/data.txt", "Range: bytes=5-", "If-Range: " + tag).status())
                .isEqualTo(206);
        assertThat(site.get("/data.txt", "Range: bytes=5-", "If-Range: W/" + tag)
                        .status())
                .isEqualTo(200);
        Files.writeString(root.resolve("data.txt"), "changed");
        assertThat(site.get("/data.txt", "Range: bytes=5-", "If-Range: " + tag).body())
                .isEqualTo("changed");
    }

    @Test
    void an_empty_file_is_a_file() throws Exception {
        site.write("empty.txt", "");

        assertThat(site.get("/empty.txt").status()).isEqualTo(200);
        assertThat(site.get("/empty.txt").field("Content-Length")).contains("0");
        assertThat(site.get("/empty.txt", "Range: bytes=0-").status()).isEqualTo(416);
    }

    @Test
    void a_file_of_megabytes_arrives_whole() throws Exception {
        byte[] content = new byte[5_000_001];
        new Random(42).nextBytes(content);
        site.write("big.bin", content);

        RawResponse whole = site.get("/big.bin");
        assertThat(whole.clean()).isTrue();
        assertThat(Arrays.equals(whole.bodyBytes(), content)).isTrue();
        assertThat(site.get("/big.bin", "Range: bytes=1000000-4000000").bodyBytes())
                .isEqualTo(Arrays.copyOfRange(content, 1_000_000, 4_000_001));
    }

    @Test
    void offsets_beyond_two_gibibytes_are_exact() throws Exception {
        long size = 3L * 1024 * 1024 * 1024;
        try (var channel = Files.newByteChannel(
                root.resolve("huge.bin"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.position(size - 3);
            channel.write(java.nio.ByteBuffer.wrap("end".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }

        RawResponse tail = site.get("/huge.bin", "Range: bytes=-3");
        assertThat(tail.body()).isEqualTo("end");
        assertThat(tail.field("Content-Range")).contains("bytes " + (size - 3) + "-" + (size - 1) + "/" + size);
        assertThat(site.ask("HEAD", "files.localhost", "/huge.bin").field("Content-Length"))
                .contains(Long.toString(size));
    }

    @Test
    void a_file_that_gets_shorter_while_it_is_sent_is_not_passed_off_as_whole() throws Exception {
        Path file = root.resolve("shrinking.bin");
        Files.write(file, new byte[30_000_000]);
        try (RawClient client = RawClient.connectNarrow(site.port())) {
            client.get("files.localhost", "/shrinking.bin");
            assertThat(client.head().status()).isEqualTo(200);
            try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
                channel.truncate(1000);
            }
            byte[] rest = client.wire().rest(Eventually.LIMIT);
            assertThat(rest.length).isLessThan(30_000_000);
        }
    }

    @Test
    void a_client_that_goes_away_leaves_no_file_open() throws Exception {
        Path file = root.resolve("abandoned.bin");
        Files.write(file, new byte[30_000_000]);
        try (RawClient client = RawClient.connectNarrow(site.port())) {
            client.get("files.localhost", "/abandoned.bin");
            assertThat(client.head().status()).isEqualTo(200);
        }
        Eventually.until("the file is closed", () -> openFiles().noneMatch(file::equals));
    }

    private static Stream<Path> openFiles() {
        Path table = Path.of("/proc/self/fd");
        if (!Files.isDirectory(table)) {
            return Stream.empty();
        }
        try (Stream<Path> entries = Files.list(table)) {
            return entries.map(FileTransferTest::linkTarget).toList().stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path linkTarget(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException gone) {
            return link;
        }
    }
}
