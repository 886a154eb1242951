package dev.loopgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.config.Located.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationLocatorTest {

    @TempDir
    private Path temporary;

    private final Map<String, String> environment = new HashMap<>();
    private Path repository;
    private Path work;

    @BeforeEach
    void layOut() throws IOException {
        repository = temporary.resolve("repository");
        work = Files.createDirectories(repository.resolve("services/app"));
        Files.createDirectory(repository.resolve(".git"));
        environment.put("HOME", temporary.resolve("home").toString());
    }

    @Test
    void looks_in_the_documented_places_in_their_order() throws IOException {
        Path home = temporary.resolve("home/.config/loopgate/loopgate.yaml");
        Path atRoot = repository.resolve("loopgate.yaml");
        Path rootConf = repository.resolve("conf/loopgate.yaml");
        assertThat(locate(Optional.empty()))
                .isEqualTo(new Located.Nowhere(
                        List.of(Path.of("loopgate.yaml"), Path.of("conf/loopgate.yaml"), atRoot, rootConf, home)));

        touch(home);
        assertThat(locate(Optional.empty())).isEqualTo(new Located.Found(home, Way.USER));
        environment.put("XDG_CONFIG_HOME", temporary.resolve("xdg").toString());
        Path xdg = touch(temporary.resolve("xdg/loopgate/loopgate.yaml"));
        assertThat(locate(Optional.empty())).isEqualTo(new Located.Found(xdg, Way.USER));
        touch(rootConf);
        assertThat(locate(Optional.empty())).isEqualTo(new Located.Found(rootConf, Way.GIT_ROOT));
        touch(atRoot);
        assertThat(locate(Optional.empty())).isEqualTo(new Located.Found(atRoot, Way.GIT_ROOT));
        touch(work.resolve("conf/loopgate.yaml"));
        assertThat(locate(Optional.empty()))
                .isEqualTo(new Located.Found(Path.of("conf/loopgate.yaml"), Way.WORKING_DIRECTORY));
        touch(work.resolve("loopgate.yaml"));
        assertThat(locate(Optional.empty()))
                .isEqualTo(new Located.Found(Path.of("loopgate.yaml"), Way.WORKING_DIRECTORY));
        Path named = touch(temporary.resolve("named.yaml"));
        environment.put("LOOPGATE_CONFIG", named.toString());
        assertThat(locate(Optional.empty())).isEqualTo(new Located.Found(named, Way.ENVIRONMENT));
        touch(work.resolve("own.yaml"));
        assertThat(locate(Optional.of(Path.of("own.yaml"))))
                .isEqualTo(new Located.Found(Path.of("own.yaml"), Way.OPTION));
    }

    @Test
    void looks_nowhere_else_for_a_file_that_was_named() throws IOException {
        touch(work.resolve("loopgate.yaml"));
        environment.put("LOOPGATE_CONFIG", "gone.yaml");

        assertThat(locate(Optional.empty())).isEqualTo(new Located.Missing(Path.of("gone.yaml"), Way.ENVIRONMENT));
        assertThat(locate(Optional.of(Path.of("lost.yaml"))))
                .isEqualTo(new Located.Missing(Path.of("lost.yaml"), Way.OPTION));
    }

    @Test
    void takes_the_root_of_a_worktree_for_one_too() throws IOException {
        Files.delete(repository.resolve(".git"));
        Files.writeString(repository.resolve(".git"), "gitdir: elsewhere");
        Path atRoot = touch(repository.resolve("loopgate.yaml"));

        assertThat(locate(Optional.empty())).isEqualTo(new Located.Found(atRoot, Way.GIT_ROOT));
    }

    @Test
    void lets_only_loopback_be_bound_by_a_file_that_merely_lies_in_a_repository() {
        assertThat(Way.values()).filteredOn(Way::loopbackOnly).containsExactly(Way.GIT_ROOT);
    }

    @Test
    void ignores_a_relative_xdg_folder() {
        environment.put("XDG_CONFIG_HOME", "relative");

        assertThat(((Located.Nowhere) locate(Optional.empty())).lookedFor())
                .contains(temporary.resolve("home/.config/loopgate/loopgate.yaml"));
    }

    private Located locate(Optional<Path> option) {
        return new ConfigurationLocator(work, environment::get).locate(option);
    }

    private static Path touch(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "{}");
    }
}
