package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.util.regex.Pattern;

/**
 * Whether a port may be asked for a page. Whoever speaks otherwise could take the question for an attack and refuse its
 * clients afterwards; and a tool that takes one connection would be gone with it.
 */
final class PageServing {

    /** Programs by the beginnings of their names, and users that they run as where nothing else is known. */
    private static final Pattern OTHERWISE = Pattern.compile(
            "(?i)(postgres|pgbouncer|redis|valkey|keydb|mysql|maria|mongo|memcache|cassandra|etcd|zookeeper|kafka|nats"
                    + "|mosquitto|rabbitmq|beam|epmd|sshd?\\b|autossh|dropbear|vsftpd|proftpd|pure-ftpd|smtpd|master$"
                    + "|exim|dovecot|sendmail|dnsmasq|named$|bind$|unbound|systemd|avahi|ntpd|chronyd|rpcbind|rpc\\."
                    + "|smbd|nmbd|cupsd|gpg|slapd|Xorg|Xvnc|x11vnc|gdbserver|lldb|dlv$|nc$|nc\\.|ncat|netcat|socat|telnet"
                    + "|iperf|adb$|openvpn|tor$|sqlservr|oracle|db2).*");

    /** What waits for one client alone, on a port that is named on its command line. */
    private static final Pattern DEBUGGER = Pattern.compile("jdwp|debugpy|pydevd|rdbg|xdebug|--inspect");

    private PageServing() {}

    static boolean isLikely(OpenPort port) {
        if (port.protocol() != Protocol.TCP
                || port.service().map(ServiceNames::speaksNoHttp).orElse(false)) {
            return false;
        }
        return port.process()
                .map(process -> !process.gateway()
                        && !OTHERWISE.matcher(process.name()).matches()
                        && !isDebugger(process.command().whole(), port.port()))
                .orElseGet(() -> isLikelyOf(port));
    }

    private static boolean isLikelyOf(OpenPort hidden) {
        return (hidden.range() != OpenPort.Range.WELL_KNOWN || hidden.port() == 80)
                && !hidden.user().map(user -> OTHERWISE.matcher(user).matches()).orElse(false);
    }

    private static boolean isDebugger(String command, int port) {
        return DEBUGGER.matcher(command).find()
                && Pattern.compile("\\b" + port + "\\b").matcher(command).find();
    }
}
