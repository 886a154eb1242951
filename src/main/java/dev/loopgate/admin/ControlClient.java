package dev.loopgate.admin;

import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.net.JobControl;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Talks to the running gateways of this user. Blocks; starts no event loop. */
public final class ControlClient {

    /** For an answer that is needed. */
    public static final Duration STATUS = Duration.ofSeconds(5);

    /** For an answer that is only looked at: a stopped gateway keeps nobody waiting. */
    public static final Duration GLANCE = Duration.ofMillis(300);

    private static final Duration RELOAD = Duration.ofSeconds(35);

    /** Ten thousand hosts take some two million bytes. */
    private static final int LONGEST_ANSWER = 256 << 20;

    private final ControlDirectory directory;

    public ControlClient(ControlDirectory directory) {
        this.directory = directory;
    }

    /**
     * A gateway that answered.
     *
     * @param status as {@link StatusJson} writes it
     */
    public record RunningGateway(Path socket, JsonObject status) {

        public long pid() {
            return status.getLong("pid", 0L);
        }

        /** The configuration it runs; empty where it runs without one. */
        public Optional<Path> file() {
            return Optional.ofNullable(status.getString("file")).map(Path::of);
        }

        /** Whether that is its configuration. */
        public boolean runs(Path file) {
            return file().filter(own -> same(own, file)).isPresent();
        }

        /** Whether that is the file of a project that is attached to it. */
        public boolean hasAttached(Path file) {
            return status.getJsonArray("attached", new JsonArray()).stream()
                    .map(project -> ((JsonObject) project).getString("file"))
                    .anyMatch(attached -> attached != null && same(Path.of(attached), file));
        }

        private static boolean same(Path a, Path b) {
            try {
                return Files.isSameFile(a, b);
            } catch (IOException gone) {
                return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
            }
        }
    }

    /**
     * What is in the folder.
     *
     * @param running those that answer, by pid
     * @param silent those that do not
     */
    public record Seen(List<RunningGateway> running, List<SilentSocket> silent) {
        public Seen {
            running = List.copyOf(running);
            silent = List.copyOf(silent);
        }
    }

    /** @param stale whether nobody listens on it any more; else a gateway that is stopped, busy or just ending */
    public record SilentSocket(Path path, boolean stale) {}

    /** Every gateway that answers, by pid. Sockets that nobody listens on any more are removed. */
    public List<RunningGateway> running() {
        Seen seen = look(STATUS);
        seen.silent.stream().filter(SilentSocket::stale).map(SilentSocket::path).forEach(ControlClient::remove);
        return seen.running;
    }

    /** What came of one socket: one of both. */
    private record Look(Optional<RunningGateway> running, Optional<SilentSocket> silent) {}

    /**
     * Every socket, with what its gateway answers. Changes nothing.
     *
     * @param patience with all of them, which are asked at the same time
     */
    public Seen look(Duration patience) {
        List<CompletableFuture<Look>> looks = directory.sockets().stream()
                .map(socket -> CompletableFuture.supplyAsync(() -> look(socket, patience), task -> {
                    Thread thread = new Thread(task, "loopgate-control-client");
                    thread.setDaemon(true);
                    thread.start();
                }))
                .toList();
        List<RunningGateway> running = new ArrayList<>();
        List<SilentSocket> silent = new ArrayList<>();
        for (CompletableFuture<Look> look : looks) {
            look.join().running.ifPresent(running::add);
            look.join().silent.ifPresent(silent::add);
        }
        running.sort((a, b) -> Long.compare(a.pid(), b.pid()));
        return new Seen(running, silent);
    }

    private static Look look(Path socket, Duration patience) {
        // Its number is that of a container's process, perhaps, so that it is asked all the same.
        boolean stopped = ControlDirectory.pidOf(socket).stream().anyMatch(JobControl::isStopped);
        try {
            JsonObject status = ask(socket, "status", stopped ? GLANCE : patience);
            return new Look(Optional.of(new RunningGateway(socket, status)), Optional.empty());
        } catch (ConnectException stale) {
            return new Look(Optional.empty(), Optional.of(new SilentSocket(socket, true)));
        } catch (IOException e) {
            // It is there but does not answer: stopped, or just ending. It is nobody to talk to.
            return new Look(Optional.empty(), Optional.of(new SilentSocket(socket, false)));
        }
    }

    /** The gateway of that process, if it answers at once: a stopped one keeps nobody waiting. */
    public Optional<RunningGateway> ofProcess(long pid) {
        for (Path socket : directory.socketsOf(pid)) {
            try {
                RunningGateway gateway = new RunningGateway(socket, ask(socket, "status", GLANCE));
                if (gateway.pid() == pid) {
                    return Optional.of(gateway);
                }
            } catch (IOException silent) {
                // Then nothing is known of it.
            }
        }
        return Optional.empty();
    }

    /**
     * Has a gateway read its configuration again.
     *
     * @return the report as {@link StatusJson} writes it
     * @throws IOException where it does not answer or cannot, with a message for people
     */
    public JsonObject reload(RunningGateway gateway) throws IOException {
        return ask(gateway.socket(), "reload", RELOAD);
    }

    /**
     * What the projects are read from that a gateway serves beside its own configuration.
     *
     * @return none where it does not say
     */
    public List<AttachRequest> attached(RunningGateway gateway, Duration patience) {
        if (gateway.status().getJsonArray("attached", new JsonArray()).isEmpty()) {
            return List.of();
        }
        try {
            return AttachmentJson.sources(ask(gateway.socket(), "sources", patience));
        } catch (IOException | IllegalArgumentException silent) {
            return List.of();
        }
    }

    /**
     * Has a gateway serve a project, until it is closed or either side ends.
     *
     * @param listener told of changes, on a thread of its own: {@code reloaded}, a report as {@link StatusJson} writes it;
     *     {@code problems}, why a change is not taken, with {@code outcome}; or {@code notice}, a sentence
     * @throws AttachRefused where the project has problems, or clashes with what is served
     * @throws IOException where the gateway does not answer, with a message for people
     */
    public Attachment attach(RunningGateway gateway, AttachRequest request, Consumer<JsonObject> listener)
            throws IOException {
        ControlLine line = connect(gateway.socket());
        try {
            line.send(AttachmentJson.of(request)
                    .put("command", AttachmentJson.COMMAND)
                    .encode());
            JsonObject answer = answer(line, RELOAD);
            JsonObject result = answer.getJsonObject("result");
            if (result == null) {
                throw AttachRefused.of(answer);
            }
            return Attachment.follow(line, result, listener);
        } catch (IOException e) {
            line.close();
            throw e;
        }
    }

    void removeStale() {
        for (Path socket : directory.sockets()) {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.configureBlocking(false);
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (ConnectException stale) {
                remove(socket);
            } catch (IOException e) {
                // Not known to be stale: left alone.
            }
        }
    }

    private static void remove(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // Another client was quicker, or the folder is read-only: it stays a name without an owner.
        }
    }

    private static JsonObject ask(Path socket, String command, Duration patience) throws IOException {
        try (ControlLine line = connect(socket)) {
            line.send(new JsonObject().put("command", command).encode());
            JsonObject answer = answer(line, patience);
            JsonObject result = answer.getJsonObject("result");
            if (result == null) {
                throw new IOException(answer.getString("error", "the gateway gave no answer"));
            }
            return result;
        }
    }

    private static ControlLine connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            // A stopped gateway's queue is full at some time, and waiting for a place in it has no limit.
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
                throw new IOException("the gateway does not answer");
            }
            return new ControlLine(channel, LONGEST_ANSWER);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static JsonObject answer(ControlLine line, Duration patience) throws IOException {
        try {
            String text = line.read(patience);
            if (text != null) {
                return new JsonObject(text);
            }
        } catch (SocketTimeoutException e) {
            throw new IOException("the gateway does not answer", e);
        } catch (DecodeException e) {
            throw new IOException("the gateway ended before it had answered", e);
        }
        throw new IOException("the gateway ended before it had answered");
    }
}
