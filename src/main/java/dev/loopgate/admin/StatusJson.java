package dev.loopgate.admin;

import dev.loopgate.gateway.BindProblem;
import dev.loopgate.gateway.GatewayStatus;
import dev.loopgate.gateway.NetworkChange;
import dev.loopgate.gateway.ReloadReport;
import dev.loopgate.net.PortHolder;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The documented JSON of what a gateway tells about itself. Members whose value is unknown are left out; lists are
 * always there.
 */
public final class StatusJson {

    private StatusJson() {}

    public static JsonObject of(GatewayStatus status) {
        JsonObject json = new JsonObject()
                .put("version", status.version())
                .put("pid", status.pid())
                .put("started", status.started().toString());
        status.file().ifPresent(file -> json.put("file", file.toString()));
        json.put("listeners", array(status.listeners(), StatusJson::listening));
        status.http3()
                .ifPresent(http3 -> json.put(
                        "http3",
                        new JsonObject()
                                .put("addresses", new JsonArray(http3.addresses()))
                                .put("problems", new JsonArray(http3.problems()))));
        json.put("hosts", array(status.hosts(), StatusJson::host));
        json.put("forwards", array(status.forwards(), StatusJson::forward));
        json.put("connections", status.connections());
        json.put("requests", status.requests());
        status.lastReload().ifPresent(report -> json.put("lastReload", of(report)));
        json.put("warnings", new JsonArray(status.warnings()));
        json.put("certificates", array(status.endings(), StatusJson::ending));
        json.put("attached", array(status.attached(), StatusJson::attached));
        return json;
    }

    public static JsonObject of(ReloadReport report) {
        return new JsonObject()
                .put("at", report.at().toString())
                .put("outcome", report.outcome().name().toLowerCase(Locale.ROOT))
                .put("added", report.added())
                .put("changed", report.changed())
                .put("removed", report.removed())
                .put("connectionsKept", report.connectionsKept())
                .put("opened", array(report.network().opened(), StatusJson::listening))
                .put("closed", array(report.network().closed(), StatusJson::listening))
                .put("exposed", array(report.network().exposed(), StatusJson::exposed))
                .put("text", report.text())
                .put("warnings", new JsonArray(report.warnings()))
                .put("problems", new JsonArray(report.problems()));
    }

    public static JsonObject of(BindProblem problem) {
        JsonObject json = new JsonObject()
                .put("kind", problem.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("address", problem.address())
                .put("cause", problem.cause());
        problem.holder().ifPresent(holder -> json.put("holder", holder(holder)));
        problem.hint().ifPresent(hint -> json.put("hint", hint));
        return json;
    }

    private static JsonObject holder(PortHolder holder) {
        JsonObject json = new JsonObject()
                .put("pid", holder.pid())
                .put("name", holder.name())
                .put("command", holder.command())
                .put("user", holder.user())
                .put("loopgate", holder.gateway());
        holder.file().ifPresent(file -> json.put("file", file.toString()));
        return json;
    }

    private static JsonObject listening(GatewayStatus.Listening listening) {
        return new JsonObject().put("address", listening.address()).put("open", listening.open());
    }

    private static JsonObject exposed(NetworkChange.Exposed forward) {
        return new JsonObject()
                .put("protocol", forward.protocol().toString())
                .put("bind", forward.bind())
                .put("targets", new JsonArray(forward.targets()));
    }

    private static JsonObject host(GatewayStatus.Host host) {
        JsonObject json = new JsonObject().put("pattern", host.pattern());
        host.url().ifPresent(url -> json.put("url", url));
        return json.put(
                "routes",
                array(
                        host.routes(),
                        route -> new JsonObject().put("prefix", route.prefix()).put("target", route.target())));
    }

    private static JsonObject ending(GatewayStatus.Ending certificate) {
        return new JsonObject()
                .put("whose", certificate.whose())
                .put("until", certificate.until().toString())
                .put("text", certificate.text());
    }

    private static JsonObject attached(GatewayStatus.Attached project) {
        JsonObject json = new JsonObject().put("name", project.name());
        project.file().ifPresent(file -> json.put("file", file.toString()));
        return json.put("pid", project.pid())
                .put("hosts", new JsonArray(project.hosts()))
                .put("forwards", new JsonArray(project.forwards()));
    }

    private static JsonObject forward(GatewayStatus.ForwardState forward) {
        JsonObject json = new JsonObject()
                .put("protocol", forward.protocol().toString())
                .put("bind", forward.bind())
                .put("addresses", new JsonArray(forward.addresses()))
                .put("targets", new JsonArray(forward.targets()))
                .put("open", forward.open())
                .put("tls", forward.secure());
        forward.problem().ifPresent(problem -> json.put("problem", of(problem)));
        forward.until().ifPresent(until -> json.put("until", until.toString()));
        json.put("connections", forward.connections())
                .put("accepted", forward.accepted())
                .put("refused", forward.refused())
                .put("bytesToTarget", forward.bytesToTarget())
                .put("bytesToClient", forward.bytesToClient())
                .put(
                        "clients",
                        array(
                                forward.clients(),
                                client -> new JsonObject()
                                        .put("address", client.address())
                                        .put("connections", client.connections())
                                        .put("bytes", client.bytes())))
                .put(
                        "down",
                        array(
                                forward.down(),
                                down -> new JsonObject()
                                        .put("target", down.target())
                                        .put("cause", down.cause())));
        forward.lastError().ifPresent(error -> json.put("lastError", error));
        return json;
    }

    private static <T> JsonArray array(List<T> values, Function<T, JsonObject> json) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(json.apply(value)));
        return array;
    }
}
