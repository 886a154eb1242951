package dev.loopgate.devserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.ServerCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectServersTest {

    @TempDir
    Path parent;

    private Path root;

    @BeforeEach
    void folder() throws IOException {
        root = Files.createDirectories(parent.resolve("shop"));
        Files.createDirectories(root.resolve(".git"));
    }

    private void has(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static List<String> shown(Path root, List<ServerCommand> servers) {
        return servers.stream()
                .map(server -> server.name().orElse(server.key()) + " in '" + root.relativize(server.directory())
                        + "': " + server.command())
                .toList();
    }

    @Test
    void a_procfile_says_what_to_run() throws IOException {
        has("Procfile", "# all\nweb: bin/web -p $PORT\n\nrelease: migrate\nworker_1:  work\nnonsense\n");

        assertThat(shown(root, new ProjectServers(root).procfile()))
                .containsExactly("web.shop in '': bin/web -p $PORT", "worker-1.shop in '': work");
        has("Procfile.dev", "web: dev\n");
        assertThat(shown(root, new ProjectServers(root).procfile())).containsExactly("web.shop in '': dev");
    }

    @Test
    void workspaces_of_npm_run_their_script_dev() throws IOException {
        has("package.json", "{\"name\": \"acme\", \"workspaces\": [\"apps/*\", \"./libs/ui/\"]}");
        has("apps/web/package.json", "{\"name\": \"@acme/web\", \"scripts\": {\"dev\": \"vite\"}}");
        has("apps/acme/package.json", "{\"name\": \"acme\", \"scripts\": {\"dev\": \"vite\"}}");
        has("apps/docs/package.json", "{\"name\": \"docs\", \"scripts\": {\"build\": \"x\"}}");
        has("apps/web/node_modules/x/package.json", "{\"name\": \"x\", \"scripts\": {\"dev\": \"x\"}}");
        has("libs/ui/package.json", "{\"name\": \"ui\", \"scripts\": {\"dev\": \"x\"}}");

        assertThat(shown(root, new ProjectServers(root).workspaces()))
                .containsExactly(
                        "acme in 'apps/acme': npm run dev",
                        "web.acme in 'apps/web': npm run dev",
                        "ui.acme in 'libs/ui': npm run dev");
    }

    @Test
    void workspaces_of_pnpm_are_in_a_file_of_their_own() throws IOException {
        has("pnpm-workspace.yaml", "packages:\n  - 'apps/**'\n  - \"!apps/old\" # gone\ncatalog:\n  - libs\n");
        has("pnpm-lock.yaml", "");
        has("apps/in/web/package.json", "{\"name\": \"web\", \"scripts\": {\"dev\": \"vite\"}}");
        has("apps/old/package.json", "{\"name\": \"old\", \"scripts\": {\"dev\": \"vite\"}}");
        has("libs/package.json", "{\"name\": \"libs\", \"scripts\": {\"dev\": \"vite\"}}");

        assertThat(shown(root, new ProjectServers(root).workspaces()))
                .containsExactly("web.shop in 'apps/in/web': pnpm run dev");
    }

    @Test
    void a_single_package_has_a_script_and_no_workspaces() throws IOException {
        has("package.json", "{\"name\": \"web\", \"scripts\": {\"dev\": \"vite\"}}");
        has("yarn.lock", "");

        assertThat(new ProjectServers(root).workspaces()).isEmpty();
        assertThat(new ProjectServers(root).script()).contains(List.of("yarn", "run", "dev"));
    }
}
