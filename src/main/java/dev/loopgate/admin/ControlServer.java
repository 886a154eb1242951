package dev.loopgate.admin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control socket of one gateway. A client sends one line, {@code {"command":"status"}}, and gets one line,
 * {@code {"ok":true,"result":…}} or {@code {"ok":false,"error":"…"}}. The connection of one that attaches a project stays
 * open, and the project attached, until either side ends it.
 *
 * <p>It has threads of its own, so that it answers even where the event loops are busy.
 */
public final class ControlServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int CLIENTS = 16;
    private static final int ATTEMPTS = 100;
    /** Projects that are attached, each with a thread. */
    private static final int ATTACHED = 256;
    /** The configuration of a project may be part of it. */
    private static final int LONGEST_REQUEST = 1 << 20;

    /** After a connection that could not be accepted. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Duration REQUEST_TIME = Duration.ofSeconds(30);
    private static final Duration ANSWER_TIME = Duration.ofSeconds(10);
    private static final long RELOAD_SECONDS = 30;

    private final ControlCommands commands;
    private final Path socket;
    private final ServerSocketChannel channel;
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
    private final Set<SocketChannel> attached = ConcurrentHashMap.newKeySet();

    private ControlServer(ControlCommands commands, Path socket, ServerSocketChannel channel) {
        this.commands = commands;
        this.socket = socket;
        this.channel = channel;
    }

    /**
     * Opens the socket of this process and takes away what gateways that died have left there.
     *
     * @throws IOException where it cannot, with a message for people; a gateway can do without
     */
    public static ControlServer open(ControlDirectory directory, ControlCommands commands) throws IOException {
        directory.prepare();
        new ControlClient(directory).removeStale();
        long pid = ProcessHandle.current().pid();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path socket = directory.socketOf(pid, attempt);
            if (Files.exists(socket)) {
                continue;
            }
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.bind(UnixDomainSocketAddress.of(socket));
            } catch (BindException e) {
                channel.close();
                continue;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            ControlServer server = new ControlServer(commands, socket, channel);
            thread("loopgate-control", server::accept).start();
            return server;
        }
        throw new IOException("no free name for a control socket in " + directory);
    }

    @Override
    public void close() {
        try {
            channel.close();
            for (Set<SocketChannel> open : List.of(clients, attached)) {
                for (SocketChannel client : open) {
                    client.close();
                }
            }
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.debug("control socket {}", socket, e);
        }
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                SocketChannel client = channel.accept();
                if (clients.size() >= CLIENTS) {
                    client.close();
                    continue;
                }
                clients.add(client);
                thread("loopgate-control-client", () -> serve(client)).start();
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException e) {
                // Descriptors may be short; they will not be for ever.
                LOG.warn("control socket {}: {}", socket, e.getMessage());
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                ControlLine line = new ControlLine(client, LONGEST_REQUEST)) {
            JsonObject answer;
            try {
                JsonObject request = new JsonObject(String.valueOf(line.read(REQUEST_TIME)));
                if (AttachmentJson.COMMAND.equals(request.getValue("command"))) {
                    attach(client, line, request);
                    return;
                }
                answer = answer(request);
            } catch (DecodeException e) {
                answer = failure("the request is no JSON object on one line");
            }
            line.send(answer.encode());
            line.finish(ANSWER_TIME);
        } catch (IOException e) {
            LOG.debug("control client", e);
        } finally {
            clients.remove(client);
        }
    }

    /** Stays until either side ends; what waits there takes nobody else's place. */
    private void attach(SocketChannel client, ControlLine line, JsonObject request) throws IOException {
        if (attached.size() >= ATTACHED) {
            line.send(failure(ATTACHED + " projects are attached, and that is the most")
                    .encode());
            line.finish(ANSWER_TIME);
            return;
        }
        attached.add(client);
        clients.remove(client);
        try {
            new AttachedClient(line, commands).serve(request);
        } finally {
            attached.remove(client);
        }
    }

    private JsonObject answer(JsonObject request) {
        String command = String.valueOf(request.getValue("command"));
        return switch (command) {
            case "status" -> success(StatusJson.of(commands.status()));
            case "sources" -> success(AttachmentJson.sources(commands.attached()));
            case "reload" -> reload();
            default -> failure("unknown command " + command);
        };
    }

    private JsonObject reload() {
        try {
            return success(
                    StatusJson.of(commands.reload().toCompletableFuture().get(RELOAD_SECONDS, TimeUnit.SECONDS)));
        } catch (ExecutionException e) {
            return failure(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            return failure("the reload has not ended after " + RELOAD_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failure("the gateway is stopping");
        }
    }

    static JsonObject success(JsonObject result) {
        return new JsonObject().put("ok", true).put("result", result);
    }

    static JsonObject failure(String error) {
        return new JsonObject().put("ok", false).put("error", error);
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
