package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the root of the project. */
class LauncherIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration LEARNED = Duration.ofMinutes(4);

    private static final Map<String, String> OWN_JAVA = Map.of("LOOPGATE_JAVA_HOME", System.getProperty("java.home"));

    @TempDir
    Path folder;

    @Test
    void runs_through_links_and_from_folders_with_blanks() throws IOException {
        Path place = Files.createDirectories(folder.resolve("a folder"));
        Path link = Files.createSymbolicLink(place.resolve("first link"), launcher());
        Path second = Files.createSymbolicLink(place.resolve("gate"), Path.of("first link"));
        assertThat(run(Map.of(), link.toString(), "--version").stdout()).startsWith("loopgate ");
        assertThat(run(Map.of(), second.toString(), "--version").stdout()).startsWith("loopgate ");
        assertThat(run(Map.of(), "sh", launcher().toString(), "--version").stdout())
                .startsWith("loopgate ");
    }

    @Test
    void takes_the_java_that_it_is_told_to_and_passes_options_on() {
        String own = System.getProperty("java.home");
        Outcome version = run(Map.of("LOOPGATE_JAVA_HOME", own), launcher().toString(), "version");
        assertThat(version.stdout()).contains(own);
        assertThat(version.stderr()).isEmpty();
        Outcome options = run(
                Map.of("LOOPGATE_JAVA_HOME", own, "LOOPGATE_JAVA_OPTS", "-Xlog:gc:stderr -Dx=y"),
                launcher().toString(),
                "--version");
        assertThat(options.stderr()).contains("Using Serial");
    }

    @Test
    void says_which_java_it_needs_where_the_one_it_was_told_is_too_old() throws IOException {
        Path old = jdk("jdk8", "1.8.0_402");
        Outcome told =
                run(Map.of("LOOPGATE_JAVA_HOME", old.toString()), launcher().toString(), "--version");
        assertThat(told.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(told.stderr()).contains(old + " is no Java 17 or newer");
    }

    @Test
    void prefers_java_home_unless_it_is_too_old() throws IOException {
        Path recent = jdk("jdk21", "21.0.2");
        assertThat(run(Map.of("JAVA_HOME", recent.toString()), launcher().toString(), "x")
                        .stdout())
                .startsWith("started jdk21 -XX:+UseSerialGC");
        Path old = jdk("jdk11", "11.0.1");
        assertThat(run(Map.of("JAVA_HOME", old.toString()), launcher().toString(), "--version")
                        .stdout())
                .startsWith("loopgate ");
    }

    @Test
    void options_that_only_newer_versions_know_are_kept_from_older_ones() throws IOException {
        assertThat(run(
                                Map.of("JAVA_HOME", jdk("jdk17", "17.0.1").toString()),
                                launcher().toString())
                        .stdout())
                .doesNotContain("--enable-native-access", "--sun-misc-unsafe-memory-access");
        assertThat(run(
                                Map.of("JAVA_HOME", jdk("jdk24", "24").toString()),
                                launcher().toString())
                        .stdout())
                .contains("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }

    @Test
    void a_command_that_soon_ends_is_spared_the_better_compiler_wherever_it_stands() throws IOException {
        // With options of a user nothing is learned.
        Map<String, String> java =
                Map.of("JAVA_HOME", jdk("jdk17", "17.0.1").toString(), "LOOPGATE_JAVA_OPTS", "-Dx=y");
        assertThat(run(java, launcher().toString(), "--no-color", "exec").stdout())
                .doesNotContain("TieredStopAtLevel");
        assertThat(run(java, launcher().toString(), "--no-color", "status").stdout())
                .contains("TieredStopAtLevel");
    }

    @Test
    void says_when_the_jar_is_older_than_the_sources_and_what_is_missing_to_build_it() throws IOException {
        Path checkout = Files.createDirectories(folder.resolve("checkout"));
        Path copy = Files.copy(launcher(), checkout.resolve("loopgate"));
        Path java = jdk("jdk21", "21.0.2");
        Map<String, String> environment = Map.of("JAVA_HOME", java.toString());
        Outcome nothing = run(environment, copy.toString());
        assertThat(nothing.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(nothing.stderr()).contains("target/loopgate.jar is missing");

        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Map<String, String> withoutMaven = new HashMap<>(environment);
        withoutMaven.put("PATH", tools().toString());
        Outcome noMaven = run(withoutMaven, copy.toString());
        assertThat(noMaven.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(noMaven.stderr()).contains("needs Maven", "to install it:");

        Path jar = Files.createDirectories(checkout.resolve("target")).resolve("loopgate.jar");
        Files.writeString(jar, "");
        Path source = Files.createDirectories(checkout.resolve("src/main/java")).resolve("A.java");
        Files.writeString(source, "");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000_000_000L));
        Outcome stale = run(environment, copy.toString());
        assertThat(stale.stderr()).contains("older than the sources");
        assertThat(stale.stderr().lines()).hasSize(1);
        assertThat(stale.stdout()).startsWith("started jdk21");
    }

    @Test
    void a_build_that_is_not_on_a_terminal_writes_no_escape_codes() throws IOException {
        Programs.require("mvn");
        Path checkout = Files.createDirectories(folder.resolve("checkout"));
        Path copy = Files.copy(launcher(), checkout.resolve("loopgate"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Outcome failed = run(Map.of("MAVEN_OPTS", ""), copy.toString());
        assertThat(failed.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(failed.stderr())
                .contains("building ", "ERROR", "the build failed")
                .doesNotContain("\u001b");
    }

    @Test
    void java_learns_from_the_first_start_for_the_next() throws IOException {
        Path copy = checkout("checkout");
        Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "hosts: []");
        assertThat(run(atOnce(), copy.toString(), "run", "--config", wrong.toString())
                        .status())
                .isEqualTo(ExitStatus.INVALID_CONFIGURATION);
        learned(copy, "start");
        Map<String, String> loud = new HashMap<>(OWN_JAVA);
        loud.put("LOOPGATE_JAVA_OPTS", "-Xlog:class+load:stderr");
        assertThat(run(loud, copy.toString(), "run", "--config", wrong.toString())
                        .stderr())
                .containsPattern("dev.loopgate.cli.Main source: shared objects file")
                .containsPattern("dev.loopgate.cli.Commands source: shared objects file");
        // Which is asked by this one; Java 17 keeps nothing of a class before Java 6.
        assertThat(run(loud, copy.toString(), "demo", "--help").stderr())
                .containsPattern("picocli.CommandLine source: shared objects file");
    }

    @Test
    void what_was_learned_and_is_damaged_is_forgotten() throws IOException {
        // A blank, for what is learned has the folder in its name.
        Path copy = checkout("check out");
        Path learned = learn(copy);

        byte[] whole = Files.readAllBytes(learned);
        Map<String, String> silent = new HashMap<>(OWN_JAVA);
        silent.put("LOOPGATE_JAVA_OPTS", "-Dunused=1");
        for (byte[] damaged : List.of(
                new byte[0],
                "nothing that Java could use".getBytes(StandardCharsets.US_ASCII),
                Arrays.copyOf(whole, whole.length / 2))) {
            Files.deleteIfExists(learned);
            Files.write(learned, damaged);
            // With options of its own, so that it does not learn again at once.
            Outcome forgotten = run(silent, copy.toString(), "version");
            assertThat(forgotten.status()).isZero();
            assertThat(forgotten.stderr()).isEmpty();
            assertThat(forgotten.stdout()).startsWith("loopgate ");
            assertThat(learned).doesNotExist();
        }
        // Long enough, and yet not what Java wrote.
        Files.write(learned, new byte[whole.length]);
        Files.writeString(learned.resolveSibling(learned.getFileName() + ".size"), whole.length + "\n");
        Outcome ignored = run(OWN_JAVA, copy.toString(), "version");
        assertThat(ignored.status()).isZero();
        assertThat(ignored.stderr()).isEmpty();
        assertThat(ignored.stdout()).startsWith("loopgate ");
    }

    @Test
    void nothing_stays_of_a_start_that_could_not_be_learned() throws IOException {
        Path copy = checkout("checkout");
        Path start = copy.resolveSibling("target").resolve("start");
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Map<String, String> environment = new HashMap<>(OWN_JAVA);
        environment.put("TMPDIR", temporary.toString());
        // Left by one that was ended.
        Path abandoned = Files.createDirectories(lock(start));
        Files.writeString(abandoned.resolve("since"), "");
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "hosts: []");
        // Enough for Java to start and to say what is wrong with the file; too few for the gateway that it starts to
        // learn from.
        String few = "ulimit -n 24; exec '" + copy + "' run --config '" + wrong + "'";
        assertThat(run(environment, "sh", "-c", few).status()).isEqualTo(ExitStatus.INVALID_CONFIGURATION);
        Eventually.until("it is over", LEARNED, () -> !Files.exists(abandoned));
        Path note = abandoned.resolveSibling(abandoned.getFileName().toString().replaceAll("lock$", "failed"));
        assertThat(start).isDirectoryContaining(note::equals).isDirectoryNotContaining(file -> !file.equals(note));
        assertThat(temporary).isEmptyDirectory();
    }

    /** A folder with the launcher and the jar alone. */
    private Path checkout(String name) throws IOException {
        Path checkout = Files.createDirectories(folder.resolve(name));
        Path target = Files.createDirectories(checkout.resolve("target"));
        Files.copy(PackagedGateway.checkout().resolve("target/loopgate.jar"), target.resolve("loopgate.jar"));
        return Files.copy(launcher(), checkout.resolve("loopgate"));
    }

    /** Has the launcher learn what commands need, and gives the file of it. */
    private Path learn(Path copy) throws IOException {
        assertThat(run(atOnce(), copy.toString(), "version").status()).isZero();
        return learned(copy, "commands");
    }

    /** Where what learns does not leave the processor to whoever else wants it, such as another test. */
    private Map<String, String> atOnce() throws IOException {
        Path nice = Files.createDirectories(folder.resolve("bin")).resolve("nice");
        Files.writeString(nice, "#!/bin/sh\nexec \"$@\"\n");
        Files.setPosixFilePermissions(nice, PosixFilePermissions.fromString("rwx------"));
        Map<String, String> environment = new HashMap<>(OWN_JAVA);
        environment.put("PATH", nice.getParent() + ":" + System.getenv("PATH"));
        return environment;
    }

    private static Path learned(Path copy, String kind) {
        Path lock = lock(copy.resolveSibling("target").resolve(kind));
        Path learned = lock.resolveSibling(lock.getFileName().toString().replaceAll("[.]lock$", ""));
        Eventually.until("it is learned", LEARNED, () -> Files.exists(learned) && !Files.exists(lock));
        return learned;
    }

    /** There while a start is being learned. */
    private static Path lock(Path start) {
        return start.resolve(Runtime.version() + System.getProperty("java.home").replace('/', '_') + ".lock");
    }

    @Test
    void says_that_java_takes_no_folder_with_a_colon() throws IOException {
        Outcome told = run(OWN_JAVA, checkout("a:b").toString(), "version");
        assertThat(told.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(told.stderr()).contains("colon").hasLineCount(1);
    }

    @Test
    void works_with_the_smallest_shell() {
        Path dash = Programs.require("dash");
        assertThat(run(Map.of(), dash.toString(), launcher().toString(), "--version")
                        .stdout())
                .startsWith("loopgate ");
    }

    /** A JDK that only says how it was started. */
    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.createDirectories(home.resolve("bin"));
        for (String program : List.of("java", "javac")) {
            Path file = Files.writeString(
                    home.resolve("bin").resolve(program), "#!/bin/sh\necho started " + name + " \"$@\"\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return home;
    }

    /** What the launcher itself needs, without Maven. */
    private Path tools() throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : List.of("sh", "readlink", "find")) {
            Files.createSymbolicLink(tools.resolve(tool), Programs.require(tool));
        }
        return tools;
    }

    private static Path launcher() {
        return PackagedGateway.checkout().resolve("loopgate");
    }

    private Outcome run(Map<String, String> environment, String... command) {
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("JAVA_HOME", "");
        all.putIfAbsent("HOME", folder.toString());
        try (RunningProcess process = RunningProcess.start(folder, all, List.of(command))) {
            int status = process.awaitExit(LIMIT);
            return new Outcome(status, process.stdout(), process.stderr());
        }
    }
}
