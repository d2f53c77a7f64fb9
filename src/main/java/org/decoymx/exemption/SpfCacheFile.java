package org.decoymx.exemption;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.policy.IpNetwork;
import org.jboss.logging.Logger;

/**
 * Where networks found through SPF records outlive the process: {@code # example.org 2026-01-01T00:00:00Z}, and behind it
 * a network a line. Whoever wants may read it; it is replaced whole.
 */
final class SpfCacheFile {
    private static final Logger LOG = Logger.getLogger(SpfCacheFile.class);
    private static final Pattern DOMAIN_LINE = Pattern.compile("# (\\S{1,253}) (\\S{1,40})");
    private static final int MAX_NETWORKS_PER_DOMAIN = 5_000;
    private static final long MAX_OCTETS = 16L << 20;

    private final Path path;

    SpfCacheFile(Path path) {
        this.path = path;
    }

    /** What was kept of some domains; what cannot be understood is passed over, as all of it can be found again. */
    Map<String, SpfNetworks> read(Set<String> domains) {
        Map<String, SpfNetworks> kept = new LinkedHashMap<>();
        int bad = 0;
        try (BufferedReader reader = open()) {
            List<IpNetwork> networks = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Matcher head = DOMAIN_LINE.matcher(line);
                if (head.matches()) {
                    networks = new ArrayList<>();
                    bad += startDomain(kept, head, networks, domains) ? 0 : 1;
                } else {
                    bad += addNetwork(networks, line) ? 0 : 1;
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            LOG.warnf("%s cannot be read (%s); the networks of SPF records are looked for anew", path, e.getMessage());
        }
        kept.values().removeIf(of -> of.networks().isEmpty());
        if (bad > 0) {
            LOG.warnf("%s: %d lines cannot be understood, and are passed over", path, bad);
        }
        return kept;
    }

    private BufferedReader open() throws IOException {
        if (Files.exists(path) && Files.size(path) > MAX_OCTETS) {
            throw new IOException("it has more than " + MAX_OCTETS + " octets");
        }
        return Files.newBufferedReader(path, StandardCharsets.ISO_8859_1);
    }

    private static boolean startDomain(
            Map<String, SpfNetworks> kept, Matcher head, List<IpNetwork> networks, Set<String> domains) {
        try {
            Instant found = Instant.parse(head.group(2));
            if (domains.contains(head.group(1))) {
                kept.put(head.group(1), new SpfNetworks(found, networks));
            }
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean addNetwork(List<IpNetwork> networks, String line) {
        try {
            IpNetwork network = IpNetwork.parse(line);
            return !SpfNetworkResolver.isTooWide(network)
                    && networks.size() < MAX_NETWORKS_PER_DOMAIN
                    && networks.add(network);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Replaces all that is kept.
     *
     * @throws IOException when it cannot be written; then what was there before is still there
     */
    void write(Map<String, SpfNetworks> domains) throws IOException {
        StringBuilder text = new StringBuilder();
        domains.forEach((domain, of) -> {
            text.append("# ").append(domain).append(' ').append(of.resolvedAt()).append('\n');
            of.networks().forEach(network -> text.append(network).append('\n'));
        });
        Path made = path.resolveSibling(path.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                made, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer octets = StandardCharsets.US_ASCII.encode(text.toString());
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            channel.force(true);
        }
        Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
    }
}
