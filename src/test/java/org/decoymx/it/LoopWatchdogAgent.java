package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** The {@link LoopWatchdog} as the tests see it: the JVM option for a decoy, and what the decoy's log must not have. */
public final class LoopWatchdogAgent {
    private static final String CLASS_FILE = LoopWatchdog.class.getName().replace('.', '/') + ".class";
    private static final Path JAR = createJar();
    private static final Duration LIMIT = Duration.ofMillis(500);

    private LoopWatchdogAgent() {}

    private static Path createJar() {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", LoopWatchdog.class.getName());
        try {
            Path jar = Files.createTempFile("watchdog", ".jar");
            jar.toFile().deleteOnExit();
            try (InputStream classFile = LoopWatchdog.class.getResourceAsStream("/" + CLASS_FILE);
                    OutputStream file = Files.newOutputStream(jar);
                    JarOutputStream entries = new JarOutputStream(file, manifest)) {
                assertThat(classFile).isNotNull();
                entries.putNextEntry(new JarEntry(CLASS_FILE));
                classFile.transferTo(entries);
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The JVM option for a decoy.
     *
     * @param limit the CPU time that a turn of an event loop may take
     */
    public static String jvmOption(Duration limit) {
        return "-javaagent:" + JAR + "=" + limit.toMillis();
    }

    /** The same with the limit of the integration tests. */
    public static String jvmOption() {
        return jvmOption(LIMIT);
    }

    /** Checks that no turn of an event loop took too much CPU time. */
    public static void assertNoLoopBlocked(String log) {
        int report = log.indexOf(LoopWatchdog.REPORT);
        assertThat(report < 0 ? "" : log.substring(report, Math.min(log.length(), report + 6_000)))
                .isEmpty();
    }
}
