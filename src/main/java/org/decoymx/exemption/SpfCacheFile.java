package org.decoymx.exemption;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.support.FileMessages;
import org.decoymx.support.KeptFile;
import org.jboss.logging.Logger;

/**
 * Cache file of the networks in SPF records. Each domain starts with {@code # example.org 2026-01-01T00:00:00Z},
 * followed by one network per line. Each write replaces the file atomically, so other programs may read it.
 */
final class SpfCacheFile {
    private static final Logger LOG = Logger.getLogger(SpfCacheFile.class);
    private static final Pattern DOMAIN_LINE = Pattern.compile("# (\\S{1,253}) (\\S{1,40})");
    private static final int MAX_NETWORKS_PER_DOMAIN = 5_000;
    private static final long MAX_OCTETS = 16L << 20;

    /** The contents without a network: an empty file is damaged. */
    private static final String HEADER = "# No network in SPF records was found yet";

    private final Path path;
    private final KeptFile file;

    SpfCacheFile(Path path, Clock clock) {
        this.path = path;
        file = new KeptFile(path, KeptFile::findDamageOfText, clock);
    }

    /** Reads the networks of some domains. Ignores invalid lines, because the networks can be resolved again. */
    Map<String, SpfNetworks> read(Set<String> domains) {
        Map<String, SpfNetworks> cached = new LinkedHashMap<>();
        int invalid = 0;
        try (BufferedReader reader = open()) {
            List<IpPrefix> networks = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Matcher header = DOMAIN_LINE.matcher(line);
                if (header.matches()) {
                    networks = new ArrayList<>();
                    invalid += startDomain(cached, header, networks, domains) ? 0 : 1;
                } else if (!line.equals(HEADER)) {
                    invalid += addNetwork(networks, line) ? 0 : 1;
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            LOG.warnf("%s cannot be read (%s); all SPF records are resolved again", path, FileMessages.describe(e));
        }
        cached.values().removeIf(networks -> networks.networks().isEmpty());
        if (invalid > 0) {
            LOG.warnf("%s: %d invalid lines are ignored", path, invalid);
        }
        return cached;
    }

    /** What is wrong with the file; empty if nothing is. */
    Optional<String> problem() {
        return file.problem();
    }

    private BufferedReader open() throws IOException {
        file.recover();
        if (Files.exists(path) && Files.size(path) > MAX_OCTETS) {
            throw new IOException("larger than " + MAX_OCTETS + " octets");
        }
        return Files.newBufferedReader(path, StandardCharsets.ISO_8859_1);
    }

    private static boolean startDomain(
            Map<String, SpfNetworks> cached, Matcher header, List<IpPrefix> networks, Set<String> domains) {
        try {
            Instant resolvedAt = Instant.parse(header.group(2));
            if (domains.contains(header.group(1))) {
                cached.put(header.group(1), new SpfNetworks(resolvedAt, networks));
            }
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean addNetwork(List<IpPrefix> networks, String line) {
        try {
            IpPrefix network = IpText.parseNetwork(line).hostNetwork();
            return !SpfNetworkResolver.isTooWide(network)
                    && networks.size() < MAX_NETWORKS_PER_DOMAIN
                    && networks.add(network);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Replaces the file.
     *
     * @throws IOException when it cannot be written; the message says why, and the old file is unchanged
     */
    void write(Map<String, SpfNetworks> domains) throws IOException {
        StringBuilder text = new StringBuilder(domains.isEmpty() ? HEADER + "\n" : "");
        domains.forEach((domain, resolved) -> {
            text.append("# ")
                    .append(domain)
                    .append(' ')
                    .append(resolved.resolvedAt())
                    .append('\n');
            resolved.networks().forEach(network -> text.append(network.cidr()).append('\n'));
        });
        file.write(text.toString());
    }
}
