package dev.loopgate.lan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The firewall of this machine, as far as everybody may see it: which one is on, and the command that lets others in. */
public final class Firewall {

    private final Path root;
    private final String system;

    /** Of this machine. */
    public Firewall() {
        this(Path.of("/"), System.getProperty("os.name", ""));
    }

    Firewall(Path root, String system) {
        this.root = root;
        this.system = system.toLowerCase(Locale.ROOT);
    }

    /**
     * What to do should nobody get through.
     *
     * @param protocol {@code tcp} or {@code udp}
     * @return a sentence with a command; empty where no firewall is known to be on
     */
    public Optional<String> hint(int port, String protocol) {
        if (system.contains("windows")) {
            return Optional.of(
                    "Windows asks whether Java may be reached; to say it beforehand:  netsh advfirewall firewall"
                            + " add rule name=loopgate dir=in action=allow protocol="
                            + protocol.toUpperCase(Locale.ROOT)
                            + " localport=" + port);
        }
        if (system.contains("mac")) {
            return Optional.of("where the firewall of macOS is on, it has to let Java in:  sudo"
                    + " /usr/libexec/ApplicationFirewall/socketfilterfw --unblockapp "
                    + Path.of(System.getProperty("java.home", ""), "bin", "java"));
        }
        String both = port + "/" + protocol;
        if (says("etc/ufw/ufw.conf", "(?m)^ENABLED=yes")) {
            return Optional.of("ufw is on; to let others in:  sudo ufw allow " + both
                    + "   (and afterwards:  sudo ufw delete allow " + both + ")");
        }
        if (Files.exists(root.resolve("run/firewalld.pid")) || Files.isDirectory(root.resolve("run/firewalld"))) {
            return Optional.of(
                    "firewalld is on; to let others in until it is reloaded:  sudo firewall-cmd --add-port=" + both);
        }
        if (Files.exists(root.resolve("etc/systemd/system/sysinit.target.wants/nftables.service"))) {
            return Optional.of(
                    "nftables is on; should its rules keep others out, one in the table and chain that you have:"
                            + "  sudo nft insert rule inet filter input " + protocol + " dport " + port + " accept");
        }
        return Optional.empty();
    }

    private boolean says(String file, String pattern) {
        try {
            return Pattern.compile(pattern)
                    .matcher(Files.readString(root.resolve(file)))
                    .find();
        } catch (IOException unreadable) {
            return false;
        }
    }
}
