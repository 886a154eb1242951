package dev.loopgate.cli;

import dev.loopgate.net.Printable;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.AuthorityFolder.Kept;
import dev.loopgate.tls.TrustStep;
import dev.loopgate.tls.TrustStore;
import dev.loopgate.tls.TrustStores;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code trust} and {@code untrust} do with each list of authorities, and say of it. */
final class TrustWork {

    /** What Java's own truststores are closed with. */
    static final String JAVA_PASSWORD = TrustStep.Run.JAVA_PASSWORD;

    /** How a list stands in the end. */
    private enum State {
        DONE,
        ALREADY,
        PLANNED,
        LEFT
    }

    private final Surroundings surroundings;
    private final Terminal terminal;
    private final boolean dryRun;
    private final boolean json;
    private final TrustStores stores;
    private final JsonArray report = new JsonArray();
    private boolean left;

    TrustWork(Surroundings surroundings, boolean dryRun, boolean json) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
        this.dryRun = dryRun;
        this.json = json;
        this.stores = new TrustStores(surroundings.environment());
    }

    /** @throws CommandFailure where this user has none, or it is another's that is meant */
    AuthorityFolder folder() {
        String user = surroundings.environment().apply("SUDO_USER");
        if (user != null && !user.isEmpty() && !user.equals("root")) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "this runs for root, whose authority is not that of " + Printable.kept(user),
                    "run it without sudo: it prints what takes other rights");
        }
        return AuthorityFolder.from(surroundings.environment())
                .orElseThrow(() -> new CommandFailure(
                        ExitStatus.FAILED,
                        "neither XDG_DATA_HOME nor HOME is set, so there is no place for a certificate authority"));
    }

    int trust(X509Certificate certificate, Path file, @Nullable Path keystore, String password) {
        for (TrustStore store : all(certificate, file, keystore, password)) {
            if (store.trusts()) {
                tell(store, State.ALREADY, List.of(), "");
            } else {
                apply(store, store.add());
            }
        }
        return end(
                certificate,
                "no list of authorities was found that this command knows: --export FILE writes the"
                        + " certificate, to be put where it belongs");
    }

    /** @param known in the order in which they were made; empty where the folder is gone, whose entries may be left */
    int untrust(List<Kept> known, @Nullable Path keystore, String password) {
        for (Kept one : known) {
            for (TrustStore store : all(one.certificate(), one.file(), keystore, password)) {
                if (store.trusts()) {
                    apply(store, store.remove());
                }
            }
        }
        List<X509Certificate> certificates =
                known.stream().map(Kept::certificate).toList();
        stores.traces(certificates).forEach(store -> apply(store, store.remove()));
        stores.remnants(certificates).forEach(store -> apply(store, store.remove()));
        for (TrustStore store : stores.remnantsForAll(certificates)) {
            tell(store, State.LEFT, store.remove(), "its authority is not known here; it may be another user's");
        }
        return end(
                certificates.isEmpty() ? null : certificates.get(certificates.size() - 1),
                certificates.isEmpty()
                        ? "there is no certificate authority, and nobody trusts it: no list has one of Loopgate's"
                        : "nobody trusts it");
    }

    private List<TrustStore> all(X509Certificate certificate, Path file, @Nullable Path keystore, String password) {
        List<TrustStore> all = new ArrayList<>(stores.of(certificate, file));
        if (keystore != null) {
            all.add(stores.java(
                    certificate, file, surroundings.workingDirectory().resolve(keystore), password));
        }
        return all;
    }

    private void apply(TrustStore store, List<TrustStep> steps) {
        if (store.missing().isPresent()) {
            tell(store, State.LEFT, steps, "it takes " + store.missing().get());
        } else if (dryRun) {
            tell(store, State.PLANNED, steps, "");
        } else if (store.closed().isPresent()) {
            tell(store, State.LEFT, steps, store.closed().get() + " is not yours to write");
        } else {
            try {
                TrustStore.take(steps);
                tell(store, State.DONE, steps, "");
            } catch (IOException e) {
                tell(store, State.LEFT, steps, String.valueOf(e.getMessage()));
            }
        }
    }

    private void tell(TrustStore store, State state, List<TrustStep> steps, String why) {
        left |= state == State.LEFT;
        boolean rights = store.closed().isPresent();
        List<String> commands = steps.stream()
                .map(step -> (rights ? "sudo " : "") + step.command())
                .toList();
        report.add(new JsonObject()
                .put("store", store.name())
                .put("state", state.name().toLowerCase(java.util.Locale.ROOT))
                .put("commands", new JsonArray(commands))
                .put("reason", why));
        if (json) {
            return;
        }
        Style style = terminal.outStyle();
        switch (state) {
            case ALREADY -> terminal.result(style.green("ok") + "    " + store.name() + " trusts it already");
            case DONE -> terminal.result(style.green("done") + "  " + store.name());
            case PLANNED -> terminal.result("would " + store.name());
            case LEFT -> terminal.result(style.red("left") + "  " + store.name() + ": " + why);
        }
        commands.forEach(command -> terminal.result("        " + style.dim(command)));
    }

    private int end(@Nullable X509Certificate certificate, String nothing) {
        if (json) {
            JsonObject all = new JsonObject();
            if (certificate != null) {
                all.put("authority", TrustStores.alias(certificate))
                        .put("fingerprint", TrustStores.fingerprint(certificate));
            }
            JsonOption.print(terminal, all.put("stores", report));
        } else if (report.isEmpty()) {
            terminal.say(nothing);
        } else if (left) {
            terminal.say("to finish it, run the commands of what is left, in their order");
        }
        return left ? ExitStatus.FAILED : ExitStatus.DONE;
    }
}
