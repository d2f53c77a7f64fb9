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
 * A name server, NSD, on a free port of loopback, with zones that a test writes; it refuses to answer for others. It can be
 * stopped, and started again with other zones on the same port.
 */
public final class NsdServer implements AutoCloseable {
    private final String nsd = RealProgram.require("nsd");
    private final Path dir = TestResources.createDirectory("nsd");
    private final int port = TestResources.reservePort();
    private final Map<String, String> zones = new TreeMap<>();
    private @Nullable DaemonProcess daemon;

    /** Makes one that is not started yet. */
    public NsdServer() {
        RealProgram.requireRoot();
    }

    /**
     * Sets all records of a zone, from the next start on.
     *
     * @param records lines of a zone file, as {@code @ TXT "v=spf1 -all"}; names are relative to the zone, and the SOA and
     *     NS records need not be there
     */
    public NsdServer setZone(String name, String records) {
        zones.put(name, records);
        return this;
    }

    /** Starts it, and waits until it answers. */
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
                """.formatted(port, dir)
                + zones.keySet().stream()
                        .map(zone -> "zone:\n  name: \"" + zone + "\"\n  zonefile: \"" + zone + ".zone\"\n")
                        .collect(Collectors.joining());
    }

    /** What to set as {@code decoy.exempt.name-servers}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Stops it; who asks it waits in vain. */
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
