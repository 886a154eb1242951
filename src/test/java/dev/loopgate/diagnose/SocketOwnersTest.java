package dev.loopgate.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Forward.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketOwnersTest {

    @TempDir
    Path folder;

    @Test
    void names_the_user_of_a_listening_socket_and_of_no_other() throws IOException {
        Files.writeString(folder.resolve("tcp"), """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000    70        0 1
                   1: 0100007F:1539 00000000:0000 01 00000000:00000000 00:00000000 00000000    70        0 2
                """);
        Path users =
                Files.writeString(folder.resolve("passwd"), "root:x:0:0::/:/bin/sh\npostgres:x:70:70::/:/bin/sh\n");
        SocketOwners owners = new SocketOwners(folder, users);

        assertThat(owners.userOf(Protocol.TCP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 5432)))
                .contains("postgres");
        assertThat(owners.userOf(Protocol.TCP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 5433)))
                .isEmpty();
    }
}
