package org.decoymx.admin.check;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.decoymx.support.FileMessages;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Whether the disk of the data directory has room. That it can be written is what the health checks see. */
@Singleton
final class StorageFindings implements FindingSource {
    private static final String ID = "disk";
    private static final long MEGABYTE = 1_000_000;
    private static final long PROBLEM_BELOW = 100 * MEGABYTE;
    private static final long WARNING_BELOW = 1_000 * MEGABYTE;

    private final Path directory;

    StorageFindings(@ConfigProperty(name = "decoy.ledger.dir") Path directory) {
        this.directory = directory;
    }

    /** The octets that can be written to a disk. */
    interface FreeSpace {
        long octets() throws IOException;
    }

    @Override
    public List<Finding> find() {
        return List.of(judge(directory.toAbsolutePath().normalize().toString(), () -> Files.getFileStore(directory)
                .getUsableSpace()));
    }

    static Finding judge(String directory, FreeSpace space) {
        long octets;
        try {
            octets = space.octets();
        } catch (IOException e) {
            return Finding.problem(
                    ID,
                    directory + " cannot be read: " + FileMessages.describe(e),
                    "Make it readable, or correct decoy.ledger.dir.");
        }
        String text = String.format(Locale.ROOT, "%,d MB are free in %s.", octets / MEGABYTE, directory);
        String advice = "Make room: the decoy keeps what it cannot write in memory, for up to 100,000 senders.";
        if (octets < PROBLEM_BELOW) {
            return Finding.problem(ID, text, advice);
        }
        return octets < WARNING_BELOW ? Finding.warning(ID, text, advice) : Finding.ok(ID, text);
    }
}
