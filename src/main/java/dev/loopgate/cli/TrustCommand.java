package dev.loopgate.cli;

import dev.loopgate.lan.RootPage;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.TrustStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code loopgate trust}. */
@Command(
        name = "trust",
        header = "Have this machine trust the certificates that Loopgate makes.",
        description = {
            "",
            "Puts the certificate of this user's authority, which is made where there is none yet, into the lists of the",
            "system, of Chromium and its kin, and of each profile of Firefox, and prints what it did. What takes other rights",
            "it leaves to you, as commands to copy. The authority may sign for names of this machine, and for the domains of",
            "hosts of the configuration, and for nothing else.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate trust --dry-run",
            "          loopgate trust --java /path/to/cacerts",
            "          loopgate trust --export root.crt    for another machine",
            "          loopgate trust --page               for a phone: a page with the certificate, until Ctrl-C",
            "Exit status: 0 all of them trust it, 1 something is left to do."
        })
final class TrustCommand implements Callable<Integer> {

    private static final int PAGE_PORT = 62_894;

    private final Surroundings surroundings;
    private final Terminal terminal;

    @Option(names = "--dry-run", description = "Print what would be done, as commands, and do nothing.")
    boolean dryRun;

    @Mixin
    JavaStoreOption java = new JavaStoreOption();

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description = "Only write the certificate to FILE; - prints it. It holds no key.")
    @Nullable
    String export;

    @Option(
            names = "--page",
            description =
                    "Only serve the certificate to the network, on a page that says what phones do with it. The port is "
                            + PAGE_PORT + ".")
    boolean page;

    @Mixin
    LendOptions lend = new LendOptions();

    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    JsonOption json = new JsonOption();

    TrustCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.terminal = surroundings.terminal();
    }

    @Override
    public Integer call() {
        TrustWork work = new TrustWork(surroundings, dryRun, json.wanted);
        AuthorityFolder folder = work.folder();
        refuseTwoAtOnce();
        Set<String> domains = WantedDomains.of(surroundings, config.file());
        try {
            X509Certificate certificate = dryRun ? asItIs(folder, domains) : made(folder, domains);
            if (page) {
                return new PageShare(surroundings, lend.bind(PAGE_PORT), lend.time(), lend.code(terminal))
                        .run(new RootPage(certificate, folder.domains()));
            }
            if (export != null) {
                return export(folder, certificate, export);
            }
            return work.trust(certificate, folder.root(), java.keystore, java.password);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void refuseTwoAtOnce() {
        if (!page && (lend.on != null || lend.lifetime != null || lend.qr != null)) {
            throw lend.usage("--on, --for and --qr are for --page");
        }
        if (page && (export != null || json.wanted || java.keystore != null)) {
            throw lend.usage("--page does nothing else, so it goes with neither --export, --json nor --java");
        }
        if (dryRun && (page || export != null)) {
            throw lend.usage("--dry-run is for what is done to this machine");
        }
    }

    private X509Certificate asItIs(AuthorityFolder folder, Set<String> domains) throws IOException {
        X509Certificate found = folder.certificate().orElseThrow(TrustCommand::nothingYet);
        Set<String> missing = folder.missing(domains);
        if (!missing.isEmpty()) {
            terminal.say("another certificate authority would take the place of this one, which may not sign for "
                    + String.join(", ", missing));
        }
        return found;
    }

    /** What is trusted now is to be enough for the configuration, so that it has to be trusted once. */
    private X509Certificate made(AuthorityFolder folder, Set<String> domains) throws IOException {
        Optional<X509Certificate> before = folder.certificate();
        Set<String> missing = folder.missing(domains);
        X509Certificate now = folder.certificateOrNew(domains, Instant.now());
        if (before.isPresent() && !before.get().equals(now)) {
            terminal.say("there is a new certificate authority, since the one before "
                    + (missing.isEmpty() ? "was about to expire" : "may not sign for " + String.join(", ", missing)));
            if (page || export != null) {
                terminal.say("  this machine does not trust it yet; for that, once more: loopgate trust");
            }
        }
        return now;
    }

    private static CommandFailure nothingYet() {
        return new CommandFailure(
                ExitStatus.FAILED,
                "there is no certificate authority yet, and a dry run makes none",
                "it is made by loopgate trust, and by the first connection over TLS");
    }

    private int export(AuthorityFolder folder, X509Certificate certificate, String name) throws IOException {
        List<String> lines = Files.readAllLines(folder.root());
        if (name.equals("-")) {
            lines.forEach(terminal::result);
            return ExitStatus.DONE;
        }
        Path file = surroundings.workingDirectory().resolve(name);
        try {
            Files.write(file, lines);
        } catch (IOException refused) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "cannot write " + file + ": " + EditedConfiguration.reason(refused),
                    "name a file in a folder that is there and that you may write to, or - for the output");
        }
        terminal.result(file.toString());
        terminal.say("its SHA-256 fingerprint is " + TrustStores.fingerprint(certificate));
        return ExitStatus.DONE;
    }
}
