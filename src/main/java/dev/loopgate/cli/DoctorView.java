package dev.loopgate.cli;

import dev.loopgate.doctor.Finding;
import dev.loopgate.doctor.Finding.Status;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The findings of a doctor, a line each, in the order in which a request would meet them: what fails first is the cause. */
final class DoctorView {

    private final Style style;

    DoctorView(Style style) {
        this.style = style;
    }

    static boolean good(List<Finding> findings) {
        return count(findings, Status.FAIL) == 0;
    }

    List<String> lines(List<Finding> findings) {
        int width = findings.stream()
                .mapToInt(finding -> finding.check().length())
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        for (Finding finding : findings) {
            String name = finding.check() + " ".repeat(width - finding.check().length());
            lines.add(mark(finding.status()) + "  " + style.dim(name) + "  " + evidence(finding));
            int indent = (style.on() ? 1 : 4) + 2 + width + 2;
            finding.fix().ifPresent(fix -> lines.add(" ".repeat(indent) + style.cyan("fix: ") + style.bold(fix)));
        }
        return lines;
    }

    /** One sentence. */
    String summary(List<Finding> findings) {
        long fails = count(findings, Status.FAIL);
        long warnings = count(findings, Status.WARN);
        if (fails == 0 && warnings == 0) {
            return "nothing is wrong here";
        }
        return (fails == 0 ? "nothing fails" : fails + (fails == 1 ? " thing fails" : " things fail"))
                + (warnings == 0 ? "" : ", " + warnings + (warnings == 1 ? " warning" : " warnings"));
    }

    /** {@code subject}, {@code good}, {@code findings}: each {@code check}, {@code status}, {@code evidence}, {@code fix}. */
    JsonObject json(String subject, List<Finding> findings) {
        JsonArray array = new JsonArray();
        for (Finding finding : findings) {
            JsonObject json = new JsonObject()
                    .put("check", finding.check())
                    .put("status", finding.status().name().toLowerCase(Locale.ROOT))
                    .put("evidence", finding.evidence());
            finding.fix().ifPresent(fix -> json.put("fix", fix));
            array.add(json);
        }
        return new JsonObject()
                .put("subject", subject.isEmpty() ? "this machine" : subject)
                .put("good", good(findings))
                .put("findings", array);
    }

    private String evidence(Finding finding) {
        return finding.status() == Status.FAIL ? style.red(finding.evidence()) : finding.evidence();
    }

    private String mark(Status status) {
        if (!style.on()) {
            return switch (status) {
                case OK -> "ok  ";
                case INFO -> "info";
                case WARN -> "warn";
                case FAIL -> "FAIL";
            };
        }
        return switch (status) {
            case OK -> style.green("✓");
            case INFO -> style.cyan("i");
            case WARN -> style.yellow("!");
            case FAIL -> style.red("✗");
        };
    }

    private static long count(List<Finding> findings, Status status) {
        return findings.stream().filter(finding -> finding.status() == status).count();
    }
}
