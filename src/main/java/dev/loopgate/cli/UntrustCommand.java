package dev.loopgate.cli;

import dev.loopgate.tls.AuthorityFolder;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code loopgate untrust}. */
@Command(
        name = "untrust",
        header = "Take back what trust has done.",
        description = {
            "",
            "Takes the certificate of this user's authority, and of those that it took the place of, out of every list that",
            "trust knows of; and from this user's own lists also those of authorities whose files are gone. The authority",
            "itself stays, and may be trusted again.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate untrust --dry-run",
            "          loopgate untrust --java /path/to/cacerts",
            "Exit status: 0 nobody trusts it any more, 1 something is left to do."
        })
final class UntrustCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(names = "--dry-run", description = "Print what would be done, as commands, and do nothing.")
    boolean dryRun;

    @Mixin
    JavaStoreOption java = new JavaStoreOption();

    @Mixin
    JsonOption json = new JsonOption();

    UntrustCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        TrustWork work = new TrustWork(surroundings, dryRun, json.wanted);
        AuthorityFolder folder = work.folder();
        try {
            return work.untrust(folder.all(surroundings.terminal()::warn), java.keystore, java.password);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, String.valueOf(e.getMessage()));
        }
    }
}
