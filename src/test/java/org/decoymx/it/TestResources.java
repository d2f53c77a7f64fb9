package org.decoymx.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Directories and ports for the length of a test. */
public final class TestResources {
    /** A program takes its ports one after the other, so one that is free now may be somebody's already. */
    private static final Set<Integer> RESERVED_PORTS = ConcurrentHashMap.newKeySet();

    private TestResources() {}

    /** A new directory that other users may look into, as the daemons that give up root must. */
    public static Path createDirectory(String name) {
        try {
            Path directory = Files.createTempDirectory(name);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a directory with all that is in it. */
    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port on loopback that nobody has at the moment, and that was not given to anybody here before. */
    public static int reservePort() {
        int port = freePort();
        while (!RESERVED_PORTS.add(port)) {
            port = freePort();
        }
        return port;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
