package org.decoymx.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An NSD name server on a free port of loopback. Tests set its zones; it refuses queries for other names. After a stop
 * it can start again with other zones on the same port.
 */
public final class NsdServer implements AutoCloseable {
    private final String nsd = RealProgram.require("nsd");
    private final Path dir = TestResources.createDirectory("nsd");
    private final int port = TestResources.reservePort();
    private final Map<String, String> zones = new TreeMap<>();
    private @Nullable DaemonProcess daemon;

    /** Creates a server without starting it. */
    public NsdServer() {
        RealProgram.requireRoot();
    }

    /**
     * Sets all records of a zone. It takes effect at the next start.
     *
     * @param records lines of a zone file, for example {@code @ TXT "v=spf1 -all"}; names are relative to the zone; the
     *     SOA and NS records are added
     */
    public NsdServer setZone(String name, String records) {
        zones.put(name, records);
        return this;
    }

    /** Starts the server and waits until it answers. */
    public NsdServer start() {
        try {
            for (Map.Entry<String, String> zone : zones.entrySet()) {
                Files.writeString(
                        dir.resolve(zone.getKey() + ".zone"),
                        "$ORIGIN " + zone.getKey() + ".\n$TTL 1\n@ SOA ns.invalid. hostmaster.invalid. 1 1 1 1 1\n"
                                + "@ NS ns.invalid.\n" + zone.getValue());
            }
            Path config = Files.writeString(dir.resolve("nsd.conf"), config());
            daemon = DaemonProcess.start(dir, port, nsd, "-d", "-c", config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private String config() {
        return """
                server:
                  ip-address: 127.0.0.1@%1$d
                  ip-address: %3$s@53
                  server-count: 1
                  username: ""
                  chroot: ""
                  zonesdir: "%2$s"
                  database: ""
                  pidfile: "%2$s/nsd.pid"
                  xfrdfile: "%2$s/xfrd.state"
                  xfrdir: "%2$s"
                  zonelistfile: "%2$s/zone.list"
                remote-control:
                  control-enable: no
                """.formatted(port, dir, resolvConfAddress())
                + zones.keySet().stream()
                        .map(zone -> "zone:\n  name: \"" + zone + "\"\n  zonefile: \"" + zone + ".zone\"\n")
                        .collect(Collectors.joining());
    }

    /** The value for {@code decoy.exempt.name-servers}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** The value for resolv.conf, which has no ports: a loopback address of its own, where it listens on port 53. */
    public String resolvConfAddress() {
        return "127." + (port >> 8) + "." + (port & 255) + ".54";
    }

    /** Stops the server; queries get no answer. */
    public void stop() {
        if (daemon != null) {
            daemon.close();
            daemon = null;
        }
    }

    @Override
    public void close() {
        stop();
        TestResources.delete(dir);
    }
}
