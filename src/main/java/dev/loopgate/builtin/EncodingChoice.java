package dev.loopgate.builtin;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which of the compressed forms of a file an Accept-Encoding field asks for (RFC 9110 §12.5.3). */
final class EncodingChoice {

    /** A content coding and the suffix of a file that is in it. */
    enum Coding {
        BROTLI("br", ".br"),
        ZSTD("zstd", ".zst"),
        GZIP("gzip", ".gz");

        private final String token;
        private final String suffix;

        Coding(String token, String suffix) {
            this.token = token;
            this.suffix = suffix;
        }

        /** As in Content-Encoding. */
        String token() {
            return token;
        }

        String suffix() {
            return suffix;
        }
    }

    private final Map<String, Double> weights = new HashMap<>();

    /** @param field the Accept-Encoding lines, joined by commas; empty where there is none */
    EncodingChoice(String field) {
        for (String element : field.split(",", -1)) {
            String[] parts = element.split(";", -1);
            String token = parts[0].strip().toLowerCase(Locale.ROOT);
            double weight = 1;
            for (int i = 1; i < parts.length; i++) {
                weight = weight(parts[i].strip().toLowerCase(Locale.ROOT), weight);
            }
            if (!token.isEmpty()) {
                weights.put(token.equals("x-gzip") ? "gzip" : token, weight);
            }
        }
    }

    /** The most wanted of the codings there are, the smaller one where two are wanted alike; empty for none of them. */
    Optional<Coding> among(List<Coding> available) {
        Coding best = null;
        double bestWeight = 0;
        for (Coding coding : Coding.values()) {
            double weight = weights.getOrDefault(coding.token(), weights.getOrDefault("*", 0d));
            if (weight > bestWeight && available.contains(coding)) {
                best = coding;
                bestWeight = weight;
            }
        }
        // The plain form always will do, unless it is ranked above what it is ranked against.
        Double plain = weights.get("identity");
        return best == null || (plain != null && plain > bestWeight) ? Optional.empty() : Optional.of(best);
    }

    private static double weight(String parameter, double before) {
        if (!parameter.startsWith("q=")) {
            return before;
        }
        String value = parameter.substring(2);
        return value.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(value) : 0;
    }
}
