package dev.loopgate.gateway;

import io.vertx.config.spi.ConfigStore;
import io.vertx.config.spi.ConfigStoreFactory;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** How vertx-config finds {@link FileSetStore}: as a service, hence public. */
public final class FileSetStoreFactory implements ConfigStoreFactory {

    static final String NAME = "loopgate-files";
    static final String FILES = "files";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ConfigStore create(Vertx vertx, JsonObject configuration) {
        return new FileSetStore(vertx, (SourceFiles) configuration.getValue(FILES));
    }
}
