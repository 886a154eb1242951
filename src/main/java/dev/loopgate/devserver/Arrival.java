package dev.loopgate.devserver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/** Notices when a dev server listens: on its port, or on another one that it would rather have. */
public final class Arrival {

    private static final Duration PAUSE = Duration.ofMillis(50);

    /** What does not listen by then is a build that takes its time, or no server at all. */
    private static final Duration NEW = Duration.ofMinutes(1);

    private static final Duration LATER = Duration.ofMillis(500);

    /** Until it is looked for elsewhere, and twice as long each time after: that takes many system calls. */
    private static final Duration ELSEWHERE = Duration.ofSeconds(2);

    private static final Duration SELDOM = Duration.ofSeconds(10);

    private static final int CONNECT_MILLIS = 500;
    private static final int ANSWER_MILLIS = 1000;

    private final DevServer server;
    private final IntConsumer listens;

    private Arrival(DevServer server, IntConsumer listens) {
        this.server = server;
        this.listens = listens;
    }

    /** @param listens told of the port, and again should it change to its own; called on a thread of its own */
    public static void await(DevServer server, IntConsumer listens) {
        Thread thread = new Thread(new Arrival(server, listens)::run, "loopgate-arrival");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        int own = server.launch().port();
        int other = 0;
        long began = System.nanoTime();
        Duration pause = ELSEWHERE;
        long look = began + pause.toNanos();
        while (server.alive()) {
            if (accepts(own)) {
                listens.accept(own);
                return;
            }
            if (other == 0 && System.nanoTime() - look > 0) {
                OptionalInt found = server.otherPort();
                if (found.isPresent()) {
                    other = found.getAsInt();
                    listens.accept(other);
                }
                pause = longer(pause);
                look = System.nanoTime() + pause.toNanos();
            }
            boolean fresh = System.nanoTime() - began < NEW.toNanos();
            try {
                Thread.sleep((other != 0 ? ELSEWHERE : fresh ? PAUSE : LATER).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static Duration longer(Duration pause) {
        Duration next = pause.multipliedBy(2);
        return next.compareTo(SELDOM) > 0 ? SELDOM : next;
    }

    static boolean accepts(int port) {
        for (InetAddress address : Loopback.ADDRESSES) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
                return true;
            } catch (IOException notYet) {
                // Perhaps on the other family.
            }
        }
        return false;
    }

    /** A debugger's port and the like is not what a browser is to see. */
    static OtherPorts.Answer ask(int port) {
        OtherPorts.Answer answer = OtherPorts.Answer.SILENCE;
        for (InetAddress address : Loopback.ADDRESSES) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
                socket.setSoTimeout(ANSWER_MILLIS);
                socket.getOutputStream()
                        .write(("HEAD / HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                String start = new String(
                        socket.getInputStream().readNBytes("HTTP/1.1 200".length()), StandardCharsets.ISO_8859_1);
                // Debuggers answer what is none of their requests with a 400.
                if (start.startsWith("HTTP/") && !start.endsWith(" 400")) {
                    return OtherPorts.Answer.PAGE;
                }
                answer = OtherPorts.Answer.REFUSAL;
            } catch (IOException silent) {
                // Perhaps on the other family.
            }
        }
        return answer;
    }
}
