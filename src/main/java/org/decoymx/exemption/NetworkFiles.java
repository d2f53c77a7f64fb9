package org.decoymx.exemption;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.ExemptNetworks;
import org.jboss.logging.Logger;

/** The files of networks that the configuration names. */
final class NetworkFiles {
    private static final Logger LOG = Logger.getLogger(NetworkFiles.class);
    private static final String FILES_KEY = "decoy.exempt.files";
    private static final int MAX_FILES = 16;

    private final List<NetworkFile> files;
    private final ExemptNetworks exempt;

    /**
     * @throws ConfigurationException when there are too many
     */
    NetworkFiles(Collection<Path> paths, ExemptNetworks exempt) {
        files = paths.stream().distinct().map(NetworkFile::new).toList();
        this.exempt = exempt;
        if (files.size() > MAX_FILES) {
            throw new ConfigurationException(
                    FILES_KEY + ": there are " + files.size() + " files; " + MAX_FILES + " are allowed");
        }
    }

    /**
     * Reads all of them.
     *
     * @throws ConfigurationException when one cannot be read
     */
    void readAll() {
        for (NetworkFile file : files) {
            try {
                publish(file, file.readInitial());
            } catch (IOException e) {
                throw new ConfigurationException(FILES_KEY + ": '" + file.name() + "' cannot be read: "
                        + PrintableText.describe(e) + "; name files that the decoy may read");
            }
        }
    }

    /** Looks whether any was changed; says whether others are exempt now. */
    boolean reloadChanged() {
        boolean changed = false;
        for (NetworkFile file : files) {
            Optional<NetworkListParser.ParsedList> news = file.readIfChanged();
            changed |= news.isPresent() && publish(file, news.get());
        }
        return changed;
    }

    private boolean publish(NetworkFile file, NetworkListParser.ParsedList said) {
        LOG.infof("%s is read: %d networks", file.name(), said.exemptions().size());
        said.errors().toLogLines().forEach(LOG::warn);
        return exempt.replaceSource(file.name(), said.exemptions());
    }

    /** What is wrong with each; none when all is well. Any thread. */
    List<String> problems() {
        return files.stream()
                .map(NetworkFile::problem)
                .flatMap(Optional::stream)
                .toList();
    }
}
