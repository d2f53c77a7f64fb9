package org.decoymx.exemption;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.support.FileMessages;
import org.decoymx.support.WatchedFile;
import org.jboss.logging.Logger;

/** The files in {@code decoy.exempt.files}. */
final class NetworkFiles {
    private static final Logger LOG = Logger.getLogger(NetworkFiles.class);
    private static final String FILES_KEY = "decoy.exempt.files";

    private final List<WatchedFile<NetworkListParser.ParsedList>> files;
    private final ExemptNetworks exempt;

    NetworkFiles(Collection<Path> paths, ExemptNetworks exempt, Clock clock) {
        files = paths.stream()
                .distinct()
                .map(path -> NetworkListParser.watch(path, clock))
                .toList();
        this.exempt = exempt;
    }

    /**
     * Reads all files.
     *
     * @throws ConfigurationException when a file cannot be read
     */
    void readAll() {
        for (WatchedFile<NetworkListParser.ParsedList> file : files) {
            try {
                publish(file, file.readInitial());
            } catch (IOException e) {
                throw new ConfigurationException(FILES_KEY + ": '" + file.name() + "' cannot be read: "
                        + FileMessages.describe(e) + "; name files that the decoy can read");
            }
        }
    }

    /** Reads files that have changed. */
    void reloadChanged() {
        for (WatchedFile<NetworkListParser.ParsedList> file : files) {
            file.readIfChanged().ifPresent(list -> publish(file, list));
        }
    }

    private void publish(WatchedFile<NetworkListParser.ParsedList> file, NetworkListParser.ParsedList list) {
        LOG.infof("%s: read %d networks", file.name(), list.exemptions().size());
        list.errors().toLogLines(file.name()).forEach(LOG::warn);
        exempt.replaceSource(file.name(), list.exemptions());
    }

    /** Current problems, one message per file; empty when there are none. Thread-safe. */
    List<String> problems() {
        return files.stream()
                .map(WatchedFile::problem)
                .flatMap(Optional::stream)
                .toList();
    }
}
