package dev.loopgate.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirewallTest {

    @TempDir
    Path root;

    private void has(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private String hint() {
        return new Firewall(root, "Linux").hint(62893, "tcp").orElse("none");
    }

    @Test
    void a_machine_without_one_needs_no_word() {
        assertThat(hint()).isEqualTo("none");
    }

    @Test
    void ufw_is_one_only_where_it_is_on() throws IOException {
        has("etc/ufw/ufw.conf", "# ENABLED=yes would turn it on\nENABLED=no\n");
        assertThat(hint()).isEqualTo("none");
        has("etc/ufw/ufw.conf", "ENABLED=yes\nLOGLEVEL=low\n");
        assertThat(hint()).contains("sudo ufw allow 62893/tcp", "sudo ufw delete allow 62893/tcp");
    }

    @Test
    void firewalld_is_asked_for_the_protocol_that_is_shared() throws IOException {
        has("run/firewalld.pid", "1\n");
        assertThat(new Firewall(root, "Linux").hint(5353, "udp").orElseThrow())
                .contains("sudo firewall-cmd --add-port=5353/udp");
    }

    @Test
    void nftables_counts_where_its_service_is_enabled() throws IOException {
        has("etc/systemd/system/sysinit.target.wants/nftables.service", "");
        assertThat(hint()).contains("sudo nft insert rule inet filter input tcp dport 62893 accept");
    }

    @Test
    void other_systems_have_their_own() {
        assertThat(new Firewall(root, "Mac OS X").hint(1, "tcp").orElseThrow()).contains("socketfilterfw --unblockapp");
        assertThat(new Firewall(root, "Windows 11").hint(1, "udp").orElseThrow())
                .contains("protocol=UDP", "localport=1");
    }
}
