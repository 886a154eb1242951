package dev.loopgate.gateway;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a project brings that wants to be served by a gateway that runs already.
 *
 * @param name what people know it by
 * @param file absolute; it is read and followed, unless there is a text
 * @param text the configuration itself; relative paths in it begin at the folder of the file, or else of the gateway
 * @param environment the variables that it may use
 * @param loopbackOnly whether nothing of it may be reached from the network
 * @param pid of the process that attaches it
 */
public record AttachRequest(
        String name,
        Optional<Path> file,
        Optional<String> text,
        Map<String, String> environment,
        boolean loopbackOnly,
        long pid) {

    public AttachRequest {
        environment = Map.copyOf(environment);
        if (file.isEmpty() && text.isEmpty()) {
            throw new IllegalArgumentException("neither a file nor a text");
        }
    }

    /** A configuration that is in no file. */
    public static AttachRequest ofText(String name, String text) {
        return new AttachRequest(
                name,
                Optional.empty(),
                Optional.of(text),
                Map.of(),
                true,
                ProcessHandle.current().pid());
    }

    /** The same with another text. */
    public AttachRequest with(String other) {
        return new AttachRequest(name, file, Optional.of(other), environment, loopbackOnly, pid);
    }

    /** What a problem names: the file, or the name in its place. */
    public Path source() {
        return file.orElseGet(() -> Path.of(name));
    }
}
