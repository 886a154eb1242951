package dev.loopgate.net;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that whoever started this process has bound for it, mostly systemd: sd_listen_fds(3). Each stands in for a socket
 * of ours on the very address that it is bound to, so that a port below 1024 takes no privileges. Any thread.
 *
 * <p>They are handed over once, and a reload may close a listener that a later one wants again: the descriptor that came
 * is kept, and what listens is a duplicate of it.
 */
final class HandedSockets {

    /**
     * How many there are, as the launcher tells. It takes the variables of sd_listen_fds(3) out of the environment, which
     * Java cannot, so that no child process has them.
     */
    static final String PROPERTY = "loopgate.listen-fds";

    /** SD_LISTEN_FDS_START. */
    private static final int FIRST = 3;

    private final List<Handed> sockets;
    private final List<String> unusable;
    private final Set<Handed> inUse = new HashSet<>();
    private final Set<Handed> asked = new HashSet<>();

    private HandedSockets(List<Handed> sockets, List<String> unusable) {
        this.sockets = List.copyOf(sockets);
        this.unusable = List.copyOf(unusable);
    }

    private record Handed(boolean tcp, InetSocketAddress address, int descriptor) {}

    static HandedSockets none() {
        return new HandedSockets(List.of(), List.of());
    }

    /** Those of this process; none where the variables are those of another one. */
    static HandedSockets of(SocketKind kind, UnaryOperator<@Nullable String> environment) {
        String count = System.getProperty(PROPERTY);
        String owner = environment.apply("LISTEN_PID");
        if (count == null
                && owner != null
                && owner.equals(Long.toString(ProcessHandle.current().pid()))) {
            count = environment.apply("LISTEN_FDS");
        }
        return count == null || !count.matches("[1-9][0-9]{0,3}") ? none() : of(kind, FIRST, Integer.parseInt(count));
    }

    static HandedSockets of(SocketKind kind, int first, int count) {
        if (kind != SocketKind.EPOLL) {
            return new HandedSockets(
                    List.of(),
                    List.of("the sockets that were handed over (LISTEN_FDS=" + count
                            + ") are not used: that takes netty's epoll, which this machine has not"));
        }
        List<Handed> found = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        for (int descriptor = first; descriptor < first + count; descriptor++) {
            try {
                Handed handed = inspect(descriptor);
                Control.prepare(descriptor);
                found.add(handed);
            } catch (IOException | RuntimeException | LinkageError e) {
                // The last where the C library cannot be called, for want of a place to unpack what calls it.
                unusable.add(
                        "descriptor " + descriptor + ", handed over by LISTEN_FDS, is not used: " + e.getMessage());
            }
        }
        return new HandedSockets(found, unusable);
    }

    private static Handed inspect(int descriptor) throws IOException {
        Socket socket;
        int family;
        try {
            socket = new Socket(descriptor);
            family = socket.getIntOpt(Control.SOL_SOCKET, Control.SO_DOMAIN);
        } catch (IOException | RuntimeException e) {
            throw new IOException("it is no socket", e);
        }
        int type = socket.getIntOpt(Control.SOL_SOCKET, Control.SO_TYPE);
        boolean tcp = type == Control.SOCK_STREAM;
        if ((family != Control.AF_INET && family != Control.AF_INET6) || (!tcp && type != Control.SOCK_DGRAM)) {
            throw new IOException("it is a socket of neither TCP nor UDP");
        }
        InetSocketAddress address = socket.localAddress();
        if (tcp && socket.getIntOpt(Control.SOL_SOCKET, Control.SO_ACCEPTCONN) == 0) {
            throw new IOException(
                    "the socket of " + Addresses.text(address) + " does not listen (in the unit: Accept=no)");
        }
        return new Handed(tcp, address, descriptor);
    }

    /** A channel that listens already, or null where none is handed over for that address, or another one has it. */
    @Nullable
    ServerChannel server(InetSocketAddress address) {
        return adopt(true, address, EpollServerSocketChannel::new);
    }

    /** The same for UDP. */
    @Nullable
    DatagramChannel datagrams(InetSocketAddress address) {
        return adopt(false, address, EpollDatagramChannel::new);
    }

    private <C extends Channel> @Nullable C adopt(boolean tcp, InetSocketAddress address, IntFunction<C> channel) {
        Handed handed = take(tcp, address);
        if (handed == null) {
            return null;
        }
        C adopted;
        try {
            adopted = channel.apply(Control.duplicate(handed.descriptor()));
        } catch (RuntimeException e) {
            giveBack(handed);
            throw e;
        }
        adopted.closeFuture().addListener(closed -> giveBack(handed));
        return adopted;
    }

    private synchronized @Nullable Handed take(boolean tcp, InetSocketAddress address) {
        for (Handed each : sockets) {
            if (each.tcp == tcp && each.address.equals(address) && inUse.add(each)) {
                asked.add(each);
                return each;
            }
        }
        return null;
    }

    private synchronized void giveBack(Handed handed) {
        inUse.remove(handed);
    }

    /** A sentence for each that nobody has asked for so far: what it is, and what to do about it. */
    synchronized List<String> unasked() {
        List<String> sentences = new ArrayList<>(unusable);
        sockets.stream()
                .filter(each -> !asked.contains(each))
                .map(HandedSockets::advice)
                .forEach(sentences::add);
        return sentences;
    }

    private static String advice(Handed handed) {
        String text = Addresses.text(handed.address);
        String start = "the " + (handed.tcp ? "TCP" : "UDP") + " socket of " + text
                + " that was handed over (LISTEN_FDS) is not used: ";
        InetAddress ip = handed.address.getAddress();
        if (!handed.tcp && ip.isAnyLocalAddress()) {
            return start
                    + "a UDP forward has a socket on each address, so that answers come from the one that was asked;"
                    + " hand over one for each, such as ListenDatagram=127.0.0.1:" + handed.address.getPort();
        }
        return start + "nothing asks for that address; to use it, write "
                + (handed.tcp ? "listen: \"" + text + "\" or " : "")
                + "forwards: {\"" + text + (handed.tcp ? "" : "/udp") + "\": PORT}"
                + (ip.isAnyLocalAddress()
                        ? ", or name the address that is meant in the unit, such as ListenStream=127.0.0.1:"
                                + handed.address.getPort()
                        : "");
    }

    /** What neither Java nor netty can do with a descriptor that somebody else has made. */
    private static final class Control {

        // Linux's numbers, the same on every processor that netty's epoll runs on.
        static final int SOL_SOCKET = 1;
        static final int SO_TYPE = 3;
        static final int SO_ACCEPTCONN = 30;
        static final int SO_DOMAIN = 39;
        static final int SOCK_STREAM = 1;
        static final int SOCK_DGRAM = 2;
        static final int AF_INET = 2;
        static final int AF_INET6 = 10;

        private static final int F_GETFL = 3;
        private static final int F_SETFL = 4;
        private static final int F_DUPFD_CLOEXEC = 1030;
        private static final int O_NONBLOCK = 0x800;

        private Control() {}

        /** systemd hands over sockets that block (NonBlocking= in systemd.service(5)), and one would hold up its event loop. */
        static void prepare(int descriptor) {
            SystemCalls.C.fcntl(descriptor, F_SETFL, SystemCalls.C.fcntl(descriptor, F_GETFL) | O_NONBLOCK);
        }

        static int duplicate(int descriptor) {
            return SystemCalls.C.fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        }
    }
}
