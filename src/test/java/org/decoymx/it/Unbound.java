package org.decoymx.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * A real Unbound that asks a decoy for its zone, set up as the file that is shipped says. It believes nothing that is not
 * signed, takes no address of loopback from anybody else, and keeps what it knows for a second.
 */
final class Unbound implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String MOUNT_SCRIPT = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
    private static final String ROOT_KEY =
            ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";

    private final String unbound = RealProgram.require("unbound");
    private final Path dir = TestResources.createDirectory("unbound");
    private final int port = TestResources.reservePort();
    /** Programs ask on port 53 only; so it has an address of loopback that nobody else has. */
    private final String address = "127." + (port >> 8) + "." + (port & 255) + ".53";

    private final DaemonProcess daemon;

    /**
     * Starts it.
     *
     * @param changes what else is changed in the file: what is there, what is to be there, and so on
     */
    Unbound(DecoyProcess decoy, String... changes) {
        RealProgram.requireRoot();
        Stream<String> always = Stream.of(
                "stub-addr: 127.0.0.1@5335",
                "stub-addr: 127.0.0.1@" + decoy.dnsPort(),
                "infra-host-ttl: 60",
                "infra-host-ttl: 1");
        String snippet = ConsumerFiles.readAdapted(
                "unbound/dnsbl.conf", Stream.concat(always, Stream.of(changes)).toArray(String[]::new));
        try {
            Path config = Files.writeString(dir.resolve("unbound.conf"), base() + snippet);
            Files.writeString(dir.resolve("resolv.conf"), "nameserver " + address + "\n");
            daemon = DaemonProcess.start(dir, port, unbound, "-d", "-c", config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String base() {
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

    /** Where a namespace cannot be made, the test is skipped. */
    static void requireMountNamespace() {
        RealProgram.requireRoot();
        RealProgram.require("mount");
        CompletedProgram run = CompletedProgram.run(LIMIT, RealProgram.require("unshare"), "--mount", "true");
        RealProgram.requireCondition(run.code() == 0, "no namespace can be made: " + run.output());
    }

    /** The command line before that of a program that is to ask here; in its mount namespace this is the resolver. */
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

    /** Where it answers on 127.0.0.1. */
    int port() {
        return port;
    }

    @Override
    public void close() {
        daemon.close();
        TestResources.delete(dir);
    }
}
