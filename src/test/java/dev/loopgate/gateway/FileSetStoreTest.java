package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.config.SourceTexts;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.ShippedVertx;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.ProvidedBy;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class FileSetStoreTest {

    @Test
    void a_look_ends_that_began_before_it_was_closed_and_none_begins_later(
            @ProvidedBy(ShippedVertx.class) Vertx vertx) {
        SlowDisk disk = new SlowDisk();
        WatchSet all = new WatchSet(Set.of(), Set.of(new WatchSet.Glob(Path.of("/nowhere"), "*.yaml")));
        FileSetStore store = new FileSetStore(vertx, new SourceFiles(disk, all));
        Future<Buffer> look = store.get();
        assertThat(disk.asked.await()).isTrue();

        Watched.await(store.close());
        Future<Buffer> late = store.get();
        disk.answer.open();

        assertThat(Watched.await(look).length()).isPositive();
        assertThat(late.failed()).isTrue();
    }

    private static final class SlowDisk implements SourceTexts {

        private final Gate asked = new Gate();
        private final Gate answer = new Gate();

        @Override
        public byte[] content(Path file) {
            return new byte[0];
        }

        @Override
        public List<Path> glob(Path base, String pattern) {
            asked.open();
            answer.await();
            return List.of();
        }
    }
}
