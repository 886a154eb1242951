package dev.loopgate.builtin;

import dev.loopgate.model.Target;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/**
 * What a GET for a static file would be answered, by the rules that answer it when it comes. Blocks.
 *
 * @param status 200, a redirect, or 404
 * @param text of a failure: its status, code and cause in one line
 */
public record FilePreview(int status, String text) {

    /** @param target path and query, the path from the folder on */
    public static FilePreview of(Target.Files files, String target) throws IOException {
        Reply reply = new FolderAnswers(files, Clock.systemUTC()).answer("GET", target, HttpHeaders.headers());
        reply.rest().ifPresent(Reply.OpenFile::close);
        boolean failed = reply.status() >= 400;
        return new FilePreview(
                reply.status(),
                failed ? reply.start().toString(StandardCharsets.UTF_8).strip() : "");
    }

    /** Whether the client gets what it asked for, or is told where that is. */
    public boolean found() {
        return status < 400;
    }
}
