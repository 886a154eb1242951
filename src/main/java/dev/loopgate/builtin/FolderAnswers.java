package dev.loopgate.builtin;

import dev.loopgate.http.Failure;
import dev.loopgate.http.FailureCode;
import dev.loopgate.http.FailurePage;
import dev.loopgate.model.Target;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for the files of one folder (RFC 9110). Blocks, so it runs on worker threads; several at once may.
 *
 * <p>Every answer says {@code no-cache}: the client may keep it but asks each time, and the entity tag makes that a 304.
 * Whoever edits a file wants to see it with the next reload.
 */
final class FolderAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(FolderAnswers.class);

    /** Files up to this size are read at once and need not stay open. */
    private static final int START = 64 * 1024;

    private static final int ATTEMPTS = 3;

    private final Folder folder;
    private final Clock clock;
    private final AtomicBoolean told = new AtomicBoolean();

    FolderAnswers(Target.Files files, Clock clock) {
        this.folder = new Folder(files);
        this.clock = clock;
    }

    /**
     * @param target path and query, the path from the folder on
     * @return its open file, if any, is the caller's to close
     * @throws IOException where a file cannot be read although it could be opened
     */
    Reply answer(String method, String target, MultiMap fields) throws IOException {
        boolean head = method.equals("HEAD");
        if (!head && !method.equals("GET")) {
            return failure(FailureCode.METHOD_NOT_ALLOWED, "Files are only read, with GET or HEAD.", null, fields)
                    .with("Allow", "GET, HEAD");
        }
        Optional<RequestPath> path = RequestPath.of(target);
        if (path.isEmpty()) {
            return nothing("The folder of this route has no file for this path.", fields);
        }
        EncodingChoice encodings = new EncodingChoice(String.join(",", fields.getAll("Accept-Encoding")));
        for (int attempt = 1; ; attempt++) {
            Folder.Found found = folder.find(path.get(), encodings);
            boolean fallen = false;
            if (found instanceof Folder.Found.Nothing && Navigation.is(path.get(), fields)) {
                Optional<StoredFile> fallback = folder.fallback(encodings);
                fallen = fallback.isPresent();
                found = fallback.<Folder.Found>map(Folder.Found.File::new).orElse(found);
            }
            if (!(found instanceof Folder.Found.File hit)) {
                return other(found, target, fields);
            }
            Reply reply = file(hit.file(), head, fallen, fields);
            if (reply != null && (attempt == ATTEMPTS || hit.file().isCurrent())) {
                return reply;
            }
            if (reply != null) {
                reply.rest().ifPresent(Reply.OpenFile::close);
            } else if (attempt == ATTEMPTS) {
                return nothing("The file for this path may not be read.", fields);
            }
        }
    }

    private Reply other(Folder.Found found, String target, MultiMap fields) {
        if (found instanceof Folder.Found.Subfolder subfolder) {
            int query = target.indexOf('?');
            // Relative, so that it is right under whatever prefix and name the client came by; with a dot, so that a
            // colon in the name makes no scheme of it (RFC 3986 §4.2). A folder may become a file: nothing permanent.
            String location =
                    "./" + PathText.encode(subfolder.name()) + "/" + (query < 0 ? "" : target.substring(query));
            return Reply.of(
                    302,
                    List.of(Map.entry("Location", location), Map.entry("Cache-Control", "no-cache")),
                    Buffer.buffer());
        }
        if (found instanceof Folder.Found.Nothing none) {
            told.set(false);
            return nothing(none.cause(), fields);
        }
        if (!told.getAndSet(true)) {
            LOG.warn("the folder {} does not exist; its routes answer 404 until it does", folder.root());
        }
        return failure(
                FailureCode.NO_FILE,
                "The folder that this route serves does not exist.",
                "Create it, or build the site: it is served as soon as it is there.",
                fields);
    }

    /** @return null where the file cannot be opened */
    private @Nullable Reply file(StoredFile file, boolean head, boolean fallen, MultiMap fields) throws IOException {
        told.set(false);
        Instant now = clock.instant();
        Instant modified = file.lastModified(now);
        String tag = file.entityTag(now);
        Preconditions ask = Preconditions.of(fields, head, file.size(), tag, modified, now);
        List<Map.Entry<String, String>> out = new ArrayList<>();
        out.add(Map.entry("ETag", tag));
        out.add(Map.entry("Last-Modified", HttpDates.write(modified)));
        out.add(Map.entry("Cache-Control", "no-cache"));
        String vary = (file.hasCodings() ? "Accept-Encoding" : "")
                + (fallen && file.hasCodings() ? ", " : "")
                + (fallen ? "Accept, Sec-Fetch-Mode" : "");
        if (!vary.isEmpty()) {
            out.add(Map.entry("Vary", vary));
        }
        if (ask.status() == 304) {
            return new Reply(304, out, -1, Buffer.buffer(), Optional.empty());
        }
        out.add(Map.entry("Accept-Ranges", "bytes"));
        if (ask.status() == 416) {
            out.add(Map.entry("Content-Range", "bytes */" + file.size()));
        } else if (ask.status() == 206) {
            long last = ask.offset() + ask.length() - 1;
            out.add(Map.entry("Content-Range", "bytes " + ask.offset() + "-" + last + "/" + file.size()));
        }
        if (ask.status() >= 400) {
            return Reply.of(ask.status(), out, Buffer.buffer());
        }
        file.coding().ifPresent(coding -> out.add(Map.entry("Content-Encoding", coding.token())));
        return body(file, head, ask, out);
    }

    private static @Nullable Reply body(
            StoredFile file, boolean head, Preconditions ask, List<Map.Entry<String, String>> out) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return null;
        }
        boolean keep = false;
        try {
            String type = ContentTypes.of(file.name());
            if (type == null) {
                byte[] sample = read(channel, 0, 512);
                type = ContentTypes.guess(sample, sample.length);
            }
            out.add(0, Map.entry("Content-Type", type));
            byte[] start = head ? new byte[0] : read(channel, ask.offset(), (int) Math.min(START, ask.length()));
            keep = !head && start.length < ask.length();
            Optional<Reply.OpenFile> rest = keep
                    ? Optional.of(new Reply.OpenFile(channel, ask.offset() + start.length, ask.offset() + ask.length()))
                    : Optional.empty();
            return new Reply(ask.status(), out, ask.length(), Buffer.buffer(start), rest);
        } finally {
            if (!keep) {
                channel.close();
            }
        }
    }

    private static byte[] read(FileChannel channel, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) > 0) {
            // A read may give less than was asked for.
        }
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    private static Reply nothing(String cause, MultiMap fields) {
        return failure(FailureCode.NO_FILE, cause, null, fields);
    }

    private static Reply failure(FailureCode code, String cause, @Nullable String fix, MultiMap fields) {
        Failure failure = Failure.of(code, cause);
        FailurePage page = FailurePage.of(
                fix == null ? failure : failure.withFix(fix),
                FailurePage.choose(String.join(",", fields.getAll("Accept"))),
                true);
        return Reply.of(code.status(), page.fields(), Buffer.buffer(page.body()));
    }
}
