package dev.loopgate.doctor;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A condition of nftables as {@code nft} itself writes it, about. */
final class NftablesText {

    private NftablesText() {}

    static String match(JsonObject match) {
        String operator = match.getString("op", "==");
        return text(match.getValue("left"))
                + (operator.equals("==") || operator.equals("in") ? " " : " " + operator + " ")
                + text(match.getValue("right"));
    }

    private static String text(@Nullable Object value) {
        if (value instanceof JsonArray list) {
            return list.stream().map(NftablesText::text).collect(Collectors.joining(", ", "{ ", " }"));
        }
        if (!(value instanceof JsonObject object)) {
            return String.valueOf(value);
        }
        if (object.getValue("payload") instanceof JsonObject payload) {
            return payload.getString("protocol", "") + " " + payload.getString("field", "");
        }
        if (object.getValue("range") instanceof JsonArray range) {
            return range.getValue(0) + "-" + range.getValue(1);
        }
        if (object.getValue("prefix") instanceof JsonObject prefix) {
            return prefix.getString("addr") + "/" + prefix.getValue("len");
        }
        if (object.containsKey("set")) {
            return text(object.getValue("set"));
        }
        if (object.getValue("meta") instanceof JsonObject meta) {
            return meta.getString("key", "");
        }
        return object.getValue("ct") instanceof JsonObject ct ? "ct " + ct.getString("key", "") : object.encode();
    }
}
