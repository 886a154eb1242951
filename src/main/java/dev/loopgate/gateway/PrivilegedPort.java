package dev.loopgate.gateway;

import dev.loopgate.model.Forward.Protocol;
import java.util.List;
import java.util.Locale;

/** A port that the system keeps for the privileged, and who may lend the privilege: ip(7), capabilities(7), authbind(1). */
final class PrivilegedPort {

    /** authbind wants it said twice for these. */
    private static final int RESERVED_FOR_SERVERS = 512;

    private PrivilegedPort() {}

    /** The ways to have it without being root, one a line; other systems than Linux have none of them. */
    static List<String> choices(Protocol protocol, String address, int port) {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
            return List.of();
        }
        String java = System.getProperty("java.home", "");
        return List.of(
                "systemd binds it and hands it over:  "
                        + (protocol == Protocol.TCP ? "ListenStream=" : "ListenDatagram=")
                        + address
                        + "  in a .socket unit, as in docs/systemd.md",
                "this user may bind this port, by authbind:  sudo install -o \"$USER\" -m 500 /dev/null '/etc/authbind/byport/"
                        + (port < RESERVED_FOR_SERVERS ? "" : "!") + port + "'  and then  authbind --deep loopgate run",
                "every user may bind ports from " + port + " up:  sudo sysctl net.ipv4.ip_unprivileged_port_start="
                        + port,
                "every program that this Java runs may bind any port:  sudo setcap cap_net_bind_service=+ep " + java
                        + "/bin/java  (it then takes no library from LD_LIBRARY_PATH or beside itself, and finds its"
                        + " libjli.so only after  echo " + java
                        + "/lib | sudo tee /etc/ld.so.conf.d/java.conf && sudo ldconfig )");
    }
}
