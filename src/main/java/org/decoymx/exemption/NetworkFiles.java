package org.decoymx.exemption;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.Exempt;
import org.jboss.logging.Logger;

/** The files of networks that the configuration names. */
final class NetworkFiles {
    private static final Logger LOG = Logger.getLogger(NetworkFiles.class);
    private static final String KEY = "decoy.exempt.files";
    private static final int MAX_FILES = 16;

    private final List<NetworkFile> files;
    private final Exempt exempt;

    /**
     * @throws ConfigurationException when there are too many
     */
    NetworkFiles(Collection<Path> paths, Exempt exempt) {
        files = paths.stream().distinct().map(NetworkFile::new).toList();
        this.exempt = exempt;
        if (files.size() > MAX_FILES) {
            throw new ConfigurationException(
                    KEY + ": there are " + files.size() + " files; " + MAX_FILES + " are allowed");
        }
    }

    /**
     * Reads all of them.
     *
     * @throws ConfigurationException when one cannot be read
     */
    void read() {
        for (NetworkFile file : files) {
            try {
                takeOver(file, file.read());
            } catch (IOException e) {
                throw new ConfigurationException(KEY + ": '" + file.name() + "' cannot be read: " + Printable.why(e)
                        + "; name files that the decoy may read");
            }
        }
    }

    /** Looks whether any was changed; says whether others are exempt now. */
    boolean look() {
        boolean changed = false;
        for (NetworkFile file : files) {
            Optional<NetworkText.Said> news = file.look();
            changed |= news.isPresent() && takeOver(file, news.get());
        }
        return changed;
    }

    private boolean takeOver(NetworkFile file, NetworkText.Said said) {
        LOG.infof("%s is read: %d networks", file.name(), said.exemptions().size());
        said.mistakes().lines().forEach(LOG::warn);
        return exempt.put(file.name(), said.exemptions());
    }

    /** What is wrong with each; none when all is well. Any thread. */
    List<String> troubles() {
        return files.stream()
                .map(NetworkFile::trouble)
                .flatMap(Optional::stream)
                .toList();
    }
}
