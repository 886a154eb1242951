package dev.loopgate.doctor;

import dev.loopgate.doctor.FirewallChains.Action;
import dev.loopgate.doctor.FirewallChains.Chain;
import dev.loopgate.doctor.FirewallChains.Condition;
import dev.loopgate.doctor.FirewallChains.Match;
import dev.loopgate.doctor.FirewallChains.Rule;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What {@code nft -j list ruleset} prints (libnftables-json(5)). */
final class NftablesRules {

    private final FirewallChains chains = new FirewallChains();
    private final Map<String, JsonArray> sets = new HashMap<>();

    private final Predicate<String> tables;

    private NftablesRules(Predicate<String> tables) {
        this.tables = tables;
    }

    /**
     * @param tables those that count, such as {@code inet filter}
     * @return empty where it is not that
     */
    static Optional<FirewallChains> parse(String json, Predicate<String> tables) {
        try {
            NftablesRules rules = new NftablesRules(tables);
            rules.read(new JsonObject(json).getJsonArray("nftables", new JsonArray()));
            return Optional.of(rules.chains);
        } catch (DecodeException | ClassCastException other) {
            return Optional.empty();
        }
    }

    private void read(JsonArray all) {
        Map<String, JsonObject> declared = new HashMap<>();
        Map<String, List<Rule>> rules = new HashMap<>();
        for (JsonObject each : objects(all)) {
            JsonObject set = each.getJsonObject("set");
            if (set != null) {
                sets.put(table(set) + " @" + set.getString("name"), set.getJsonArray("elem", new JsonArray()));
            }
        }
        for (JsonObject each : objects(all)) {
            JsonObject chain = each.getJsonObject("chain");
            if (chain != null && tables.test(table(chain))) {
                declared.put(table(chain) + " " + chain.getString("name"), chain);
            }
            JsonObject rule = each.getJsonObject("rule");
            if (rule != null) {
                rules.computeIfAbsent(table(rule) + " " + rule.getString("chain"), first -> new ArrayList<>())
                        .add(rule(rule));
            }
        }
        declared.forEach((name, chain) -> {
            String hook = chain.getString("hook", "");
            chains.add(new Chain(
                    name,
                    hook.equals("input")
                            ? Optional.of(true)
                            : hook.equals("output") ? Optional.of(false) : Optional.empty(),
                    rules.getOrDefault(name, List.of()),
                    chain.getString("policy", "accept").equals("drop") ? new Action.Refuse(false) : new Action.Pass(),
                    "policy drop of the chain " + name));
        });
    }

    private Rule rule(JsonObject rule) {
        String table = table(rule);
        String chain = table + " " + rule.getString("chain");
        List<Condition> conditions = new ArrayList<>();
        conditions.add(family(rule.getString("family", "")));
        Action action = new Action.Pass();
        StringBuilder text = new StringBuilder();
        for (JsonObject expression : objects(rule.getJsonArray("expr", new JsonArray()))) {
            for (String kind : expression.fieldNames()) {
                Object value = expression.getValue(kind);
                switch (kind) {
                    case "match" -> {
                        conditions.add(match(table, (JsonObject) value));
                        text.append(NftablesText.match((JsonObject) value)).append(' ');
                    }
                    case "accept" -> action = new Action.Accept();
                    case "drop" -> action = new Action.Refuse(false);
                    case "reject" -> action = new Action.Refuse(true);
                    case "return" -> action = new Action.Return();
                    case "jump", "goto" ->
                        action = new Action.Jump(
                                table + " " + ((JsonObject) value).getString("target"), kind.equals("jump"));
                    case "counter", "log", "mangle", "notrack" -> {}
                    default -> {
                        // A map of verdicts, a module of iptables: it may do anything.
                        conditions.add(connection -> Match.UNKNOWN);
                        action = action instanceof Action.Pass ? new Action.Jump(kind, true) : action;
                    }
                }
                if (List.of("accept", "drop", "reject").contains(kind)) {
                    text.append(kind);
                }
            }
        }
        return new Rule(
                conditions,
                action,
                "nft rule in " + chain + ": " + text.toString().strip(),
                Optional.of("sudo nft delete rule " + chain + " handle " + rule.getValue("handle")));
    }

    private static Condition family(String family) {
        return connection -> switch (family) {
            case "ip" -> sure(connection.to().getAddress().length == 4);
            case "ip6" -> sure(connection.to().getAddress().length == 16);
            default -> sure(family.equals("inet"));
        };
    }

    private Condition match(String table, JsonObject match) {
        String operator = match.getString("op", "==");
        Condition condition = connection -> match(table, match.getValue("left"), match.getValue("right"), connection);
        return switch (operator) {
            case "==", "in" -> condition;
            case "!=" -> condition.negated();
            default -> connection -> Match.UNKNOWN;
        };
    }

    private Match match(
            String table, @Nullable Object left, @Nullable Object right, FirewallChains.Connection connection) {
        if (!(left instanceof JsonObject what)) {
            return Match.UNKNOWN;
        }
        JsonObject payload = what.getJsonObject("payload", new JsonObject());
        String field = payload.getString("protocol", "") + " " + payload.getString("field", "");
        switch (field) {
            case "tcp dport", "th dport" -> {
                return any(table, right, each -> port(each, connection.port()));
            }
            case "ip saddr", "ip6 saddr" -> {
                return any(table, right, each -> address(each, connection.from(), field.startsWith("ip6")));
            }
            case "ip daddr", "ip6 daddr" -> {
                return any(table, right, each -> address(each, connection.to(), field.startsWith("ip6")));
            }
            case "ip protocol", "ip6 nexthdr" -> {
                return any(table, right, each -> sure(each.equals("tcp") || each.equals(6)));
            }
            default -> {
                if (payload.getString("protocol", "").startsWith("udp")
                        || payload.getString("protocol", "").startsWith("icmp")) {
                    return Match.NO;
                }
            }
        }
        String key = what.getJsonObject("meta", new JsonObject()).getString("key", "");
        String state = what.getJsonObject("ct", new JsonObject()).getString("key", "");
        return switch (key + state) {
            case "iif", "iifname" ->
                connection.entering() ? any(table, right, each -> name(each, connection.network())) : Match.NO;
            case "oif", "oifname" ->
                connection.entering() ? Match.NO : any(table, right, each -> name(each, connection.network()));
            case "l4proto" -> any(table, right, each -> sure(each.equals("tcp") || each.equals(6)));
            case "nfproto" ->
                any(
                        table,
                        right,
                        each -> sure(each.equals(connection.to().getAddress().length == 4 ? "ipv4" : "ipv6")));
            case "state" -> any(table, right, each -> sure(each.equals("new")));
            default -> Match.UNKNOWN;
        };
    }

    /** One value of a condition. */
    private interface One {
        Match of(Object value);
    }

    /** A value, a list or a set of them, or the name of a set. */
    private Match any(String table, @Nullable Object right, One one) {
        if (right == null) {
            return Match.UNKNOWN;
        }
        if (right instanceof String name && name.startsWith("@")) {
            return any(table, sets.get(table + " " + name), one);
        }
        Object values = right instanceof JsonObject set && set.containsKey("set") ? set.getValue("set") : right;
        if (!(values instanceof JsonArray list)) {
            return one.of(values);
        }
        Match found = Match.NO;
        for (Object each : list) {
            // With a timeout or a counter of its own.
            Object value = each instanceof JsonObject wrapped && wrapped.containsKey("elem")
                    ? wrapped.getJsonObject("elem").getValue("val")
                    : each;
            Match match = one.of(value);
            if (match == Match.YES) {
                return match;
            }
            found = match == Match.UNKNOWN ? match : found;
        }
        return found;
    }

    private static Match port(Object value, int port) {
        if (value instanceof Number number) {
            return sure(number.intValue() == port);
        }
        if (value instanceof JsonObject object && object.getValue("range") instanceof JsonArray range) {
            return sure(range.getInteger(0) <= port && port <= range.getInteger(1));
        }
        return Match.UNKNOWN;
    }

    private static Match address(Object value, InetAddress address, boolean six) {
        if ((address.getAddress().length == 16) != six) {
            return Match.NO;
        }
        if (value instanceof JsonObject object && object.containsKey("prefix")) {
            JsonObject prefix = object.getJsonObject("prefix");
            return NetworkMatch.of(prefix.getString("addr") + "/" + prefix.getInteger("len"), address);
        }
        return value instanceof String text ? NetworkMatch.of(text, address) : Match.UNKNOWN;
    }

    private static Match name(Object value, String network) {
        String name = String.valueOf(value);
        return sure(
                name.endsWith("*") ? network.startsWith(name.substring(0, name.length() - 1)) : network.equals(name));
    }

    private static Match sure(boolean yes) {
        return yes ? Match.YES : Match.NO;
    }

    /** {@code inet filter}. */
    private static String table(JsonObject object) {
        return object.getString("family") + " " + object.getString("table");
    }

    private static List<JsonObject> objects(JsonArray array) {
        return array.stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .toList();
    }
}
