package dev.loopgate.gateway;

import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.DiskTexts;
import dev.loopgate.config.Places;
import dev.loopgate.config.ReadResult;
import dev.loopgate.config.SourceTexts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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
    AttachRequest with(String other) {
        return new AttachRequest(name, file, Optional.of(other), environment, loopbackOnly, pid);
    }

    /** The same with other variables. */
    AttachRequest with(Map<String, String> variables) {
        return new AttachRequest(name, file, text, variables, loopbackOnly, pid);
    }

    /** Reads what it says now. Blocks. */
    public ReadResult read() {
        ConfigurationReader reader = new ConfigurationReader(environment::get);
        if (text.isEmpty()) {
            return reader.read(source(), new DiskTexts());
        }
        ReadResult result = reader.read(source(), new OneText(source(), text.get()));
        // A text that is in no file has no places to name.
        return result instanceof ReadResult.Valid valid && file.isEmpty()
                ? new ReadResult.Valid(valid.configuration(), valid.warnings(), valid.sources(), Places.NONE)
                : result;
    }

    /** What a problem names: the file, or the name in its place. */
    public Path source() {
        return file.orElseGet(() -> Path.of(name));
    }

    /** The text that was sent, and the disk for what it includes. */
    private record OneText(Path file, String text) implements SourceTexts {

        @Override
        public byte[] content(Path path) throws IOException {
            return path.equals(file) ? text.getBytes(StandardCharsets.UTF_8) : new DiskTexts().content(path);
        }

        @Override
        public List<Path> glob(Path base, String pattern) throws IOException {
            return new DiskTexts().glob(base, pattern);
        }
    }
}
