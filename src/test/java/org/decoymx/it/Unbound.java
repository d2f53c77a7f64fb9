package org.decoymx.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * A real Unbound that queries the DNSBL zone of a decoy, with the shipped configuration. It validates DNSSEC, rejects
 * loopback addresses from other zones, and caches for one second.
 */
final class Unbound implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String MOUNT_SCRIPT = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
    private static final String ROOT_KEY =
            ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";

    private final String unbound = RealProgram.require("unbound");
    private final Path dir = TestResources.createDirectory("unbound");
    private final int port = TestResources.reservePort();
    /** Programs query port 53 only, so each Unbound listens on a loopback address of its own. */
    private final String address = "127." + (port >> 8) + "." + (port & 255) + ".53";

    private final DaemonProcess daemon;

    /**
     * Starts Unbound.
     *
     * @param replacements further changes of the shipped file, as pairs: old text, new text
     */
    Unbound(DecoyProcess decoy, String... replacements) {
        RealProgram.requireRoot();
        Stream<String> defaults = Stream.of(
                "stub-addr: 127.0.0.1@5335",
                "stub-addr: 127.0.0.1@" + decoy.dnsPort(),
                "infra-host-ttl: 60",
                "infra-host-ttl: 1");
        String snippet = ConsumerFiles.readAdapted(
                "unbound/dnsbl.conf",
                Stream.concat(defaults, Stream.of(replacements)).toArray(String[]::new));
        try {
            Path config = Files.writeString(dir.resolve("unbound.conf"), baseConfig() + snippet);
            Files.writeString(dir.resolve("resolv.conf"), "nameserver " + address + "\n");
            daemon = DaemonProcess.start(dir, port, unbound, "-d", "-c", config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String baseConfig() {
        return """
                server:
                    interface: 127.0.0.1@%1$d
                    interface: %2$s@53
                    access-control: 127.0.0.0/8 allow
                    chroot: ""
                    username: ""
                    directory: "%3$s"
                    pidfile: "%3$s/pid"
                    use-syslog: no
                    trust-anchor: "%4$s"
                    private-address: 127.0.0.0/8
                    cache-max-ttl: 1
                    cache-max-negative-ttl: 1
                """.formatted(port, address, dir, ROOT_KEY);
    }

    /** Skips the test if mount namespaces are not available. */
    static void requireMountNamespace() {
        RealProgram.requireRoot();
        RealProgram.require("mount");
        CompletedProgram run = CompletedProgram.run(LIMIT, RealProgram.require("unshare"), "--mount", "true");
        RealProgram.requireCondition(run.code() == 0, "cannot create a mount namespace: " + run.output());
    }

    /** The command prefix that runs a program in a mount namespace with this Unbound as the resolver. */
    String[] commandPrefix() {
        return new String[] {
            RealProgram.require("unshare"),
            "--mount",
            "sh",
            "-c",
            MOUNT_SCRIPT,
            dir.resolve("resolv.conf").toString()
        };
    }

    /** Its port on 127.0.0.1. */
    int port() {
        return port;
    }

    @Override
    public void close() {
        daemon.close();
        TestResources.delete(dir);
    }
}
