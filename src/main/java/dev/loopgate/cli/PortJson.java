package dev.loopgate.cli;

import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.net.Addresses;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.Locale;

/** A port that somebody listens on, as docs/commands.md has it. */
final class PortJson {

    private PortJson() {}

    static JsonObject of(OpenPort port) {
        JsonObject json = new JsonObject()
                .put("protocol", port.protocol().toString())
                .put("port", port.port())
                .put(
                        "addresses",
                        new JsonArray(
                                port.addresses().stream().map(PortJson::address).toList()))
                .put("scope", text(port.scope()))
                .put("open", port.open())
                .put("range", text(port.range()))
                .put("outgoing", port.outgoing());
        port.service().ifPresent(service -> json.put("service", service));
        port.title().ifPresent(title -> json.put("title", title));
        port.user().ifPresent(user -> json.put("user", user));
        port.process().ifPresent(process -> {
            json.put("pid", process.pid())
                    .put("name", process.name())
                    .put("command", process.command().whole())
                    .put("loopgate", process.gateway());
            process.directory().ifPresent(directory -> json.put("directory", directory.toString()));
            process.project().ifPresent(project -> json.put("project", project.toString()));
        });
        return json;
    }

    private static JsonObject address(InetAddress address) {
        return new JsonObject()
                .put("address", Addresses.text(address))
                .put("family", address.getAddress().length == 4 ? "ipv4" : "ipv6")
                .put("scope", text(OpenPort.scope(address)));
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
