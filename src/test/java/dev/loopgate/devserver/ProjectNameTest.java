package dev.loopgate.devserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectNameTest {

    @TempDir
    Path parent;

    private Path root;

    @BeforeEach
    void repository() throws IOException {
        root = Files.createDirectories(parent.resolve("My Shop"));
        Files.createDirectories(root.resolve(".git/refs"));
    }

    private void has(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            package.json   | {"name": "@acme/web_app"}                                                         | web-app
            package.json   | {"private": true}                                                                 | my-shop
            package.json   | not json                                                                          | my-shop
            package.json   | {"name": "loopgate"}                                                              | loopgate-dev
            pom.xml        | <project><parent><artifactId>up</artifactId></parent><artifactId>Api</artifactId></project> | api
            pom.xml        | <project>                                                                         | my-shop
            Cargo.toml     | [dependencies]~name = "no"~[package]~name = "crate_x"                             | crate-x
            go.mod         | module github.com/acme/tool/v2~go 1.22                                            | tool
            pyproject.toml | [project]~name = 'Café'                                                           | cafe
            pyproject.toml | [tool.poetry]~name = "poem"                                                       | poem
            README.md      | nothing                                                                           | my-shop
            """)
    void is_what_the_projects_own_file_says(String file, String text, String name) throws IOException {
        has(root.resolve(file), text.replace('~', '\n'));

        assertThat(ProjectName.of(root)).isEqualTo(name);
        assertThat(ProjectName.of(Files.createDirectories(root.resolve("src/deep"))))
                .isEqualTo(name);
    }

    @Test
    void is_that_of_the_nearest_project_in_the_repository_and_of_none_beyond_it() throws IOException {
        has(parent.resolve("package.json"), "{\"name\": \"beyond\"}");
        has(root.resolve("package.json"), "{\"name\": \"all\"}");
        has(root.resolve("apps/web/package.json"), "{\"name\": \"web\"}");

        assertThat(ProjectName.of(root.resolve("apps/web"))).isEqualTo("web");
        assertThat(ProjectName.of(root.resolve("apps"))).isEqualTo("all");
        Files.delete(root.resolve("package.json"));
        assertThat(ProjectName.of(root.resolve("apps"))).isEqualTo("my-shop");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            Web, web
            a  b, a-b
            -x-, x
            ünïcode, unicode
            日本, ''
            """)
    void is_made_a_label_of_a_host(String text, String label) {
        assertThat(ProjectName.label(text)).isEqualTo(label);
        assertThat(ProjectName.label("x".repeat(70))).hasSize(63);
    }

    @Test
    void a_linked_worktree_is_told_by_its_branch_and_has_the_name_of_the_main_one() throws IOException {
        Path linked = Files.createDirectories(parent.resolve("elsewhere"));
        Path own = root.resolve(".git/worktrees/elsewhere");
        has(linked.resolve(".git"), "gitdir: " + own + "\n");
        has(own.resolve("commondir"), "../..\n");
        has(own.resolve("HEAD"), "ref: refs/heads/fix/Login_2\n");

        assertThat(GitPlace.branchOf(linked)).contains("fix-login-2");
        assertThat(ProjectName.of(linked)).isEqualTo("my-shop");
        assertThat(GitPlace.branchOf(root)).isEmpty();

        has(own.resolve("HEAD"), "ref: refs/heads/main\n");
        assertThat(GitPlace.branchOf(linked)).isEmpty();
        has(root.resolve(".git/refs/remotes/origin/HEAD"), "ref: refs/remotes/origin/trunk\n");
        assertThat(GitPlace.branchOf(linked)).contains("main");
        has(own.resolve("HEAD"), "0123456789abcdef0123456789abcdef01234567\n");
        assertThat(GitPlace.branchOf(linked)).contains("elsewhere");
    }

    @Test
    void a_submodule_is_a_repository_of_its_own() throws IOException {
        has(root.resolve("lib/.git"), "gitdir: ../.git/modules/lib\n");
        has(root.resolve(".git/modules/lib/HEAD"), "ref: refs/heads/topic\n");

        assertThat(GitPlace.branchOf(root.resolve("lib"))).isEmpty();
        assertThat(ProjectName.of(root.resolve("lib"))).isEqualTo("lib");
    }
}
