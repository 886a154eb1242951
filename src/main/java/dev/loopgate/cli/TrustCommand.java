package dev.loopgate.cli;

import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.TrustStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
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
            "it leaves to you, as commands to copy. The authority may sign for names of this machine only.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate trust --dry-run",
            "          loopgate trust --java /path/to/cacerts",
            "          loopgate trust --export root.crt    for a phone, or another machine",
            "Exit status: 0 all of them trust it, 1 something is left to do."
        })
final class TrustCommand implements Callable<Integer> {

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
        try {
            X509Certificate certificate = dryRun && export == null
                    ? folder.certificate().orElseThrow(TrustCommand::nothingYet)
                    : folder.certificateOrNew(Instant.now());
            if (export != null) {
                return export(folder, certificate, export);
            }
            return work.trust(certificate, folder.root(), java.keystore, java.password);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, String.valueOf(e.getMessage()));
        }
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
        Files.write(file, lines);
        terminal.result(file.toString());
        terminal.say("its SHA-256 fingerprint is " + TrustStores.fingerprint(certificate));
        return ExitStatus.DONE;
    }
}
