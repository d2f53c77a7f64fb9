package org.decoymx.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The host name of this machine. */
public final class MachineName {
    private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

    private MachineName() {}

    /** The name; as the kernel has it if that cannot be resolved, and {@code localhost} if there is none. */
    public static String find() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return kernelName();
        }
    }

    private static String kernelName() {
        try {
            String name =
                    Files.readString(KERNEL_NAME, StandardCharsets.US_ASCII).strip();
            return name.isEmpty() || name.startsWith("(") ? "localhost" : name;
        } catch (IOException e) {
            return "localhost";
        }
    }
}
