package dev.loopgate.doctor;

import java.util.ArrayList;
import java.util.List;

/** The sockets of TCP as Linux shows them to everybody (proc_pid_net(5)); empty elsewhere. */
record TcpTable(SystemFiles files) {

    enum State {
        ESTABLISHED,
        TIME_WAIT,
        LISTEN,
        OTHER
    }

    /** @param waiting of a listening socket: connections that nobody has accepted yet */
    record Entry(int port, int peerPort, State state, int waiting) {}

    /** Of a port of this machine. */
    List<Entry> of(int port) {
        List<Entry> entries = new ArrayList<>();
        for (String table : List.of("proc/net/tcp", "proc/net/tcp6")) {
            for (String line : files.lines(table)) {
                String[] fields = line.strip().split("\\s+", 6);
                if (fields.length == 6 && fields[1].matches("[0-9A-F]+:[0-9A-F]{4}")) {
                    Entry entry = new Entry(port(fields[1]), port(fields[2]), state(fields[3]), waiting(fields[4]));
                    if (entry.port == port) {
                        entries.add(entry);
                    }
                }
            }
        }
        return entries;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }

    private static int waiting(String queues) {
        return (int) Long.parseLong(queues.substring(queues.indexOf(':') + 1), 16);
    }

    private static State state(String number) {
        return switch (number) {
            case "01" -> State.ESTABLISHED;
            case "06" -> State.TIME_WAIT;
            case "0A" -> State.LISTEN;
            default -> State.OTHER;
        };
    }
}
