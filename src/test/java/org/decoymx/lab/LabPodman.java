package org.decoymx.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.DebianRoot;
import org.decoymx.it.RealProgram;

/**
 * A podman with a configuration, images and containers of its own, and the image of the decoy. Its containers and
 * networks are in a namespace, so that those of the machine are not touched.
 */
final class LabPodman implements AutoCloseable {
    /** The name of the image that is built from deploy/Containerfile. */
    static final String IMAGE = "localhost/decoymx";

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final List<String> PROGRAMS = List.of("podman", "runc", "conmon", "iptables", "nsenter");
    private static final Path NETAVARK = Path.of("/usr/lib/podman/netavark");

    private static final String CONTAINERS = """
            [containers]
            default_ulimits = []
            [engine]
            runtime = "runc"
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            lock_type = "file"
            tmp_dir = "%1$s/run/libpod"
            [network]
            network_backend = "netavark"
            network_config_dir = "%1$s/networks"
            """;

    private static final String STORAGE = """
            [storage]
            driver = "%1$s"
            graphroot = "%2$s/images"
            runroot = "%2$s/run"
            """;

    private static final Pattern WARNING = Pattern.compile("(?m)^time=\\S+ level=.*\\R");

    private final LabNamespace namespace;
    private final Path dir;

    /**
     * Builds the image. The test is skipped, or fails with {@code -Dreal=required}, if a program is missing.
     *
     * @param namespace where the containers run
     */
    LabPodman(LabNamespace namespace) throws IOException {
        this.namespace = namespace;
        PROGRAMS.forEach(RealProgram::require);
        RealProgram.requireCondition(
                Files.isExecutable(NETAVARK), "netavark is not installed: apt-get install netavark");
        Path base = DebianRoot.tar();
        dir = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "podman");
        Files.writeString(dir.resolve("containers.conf"), CONTAINERS.formatted(dir));
        // one overlay cannot be above another
        String driver = Files.getFileStore(dir).type().equals("overlay") ? "vfs" : "overlay";
        Files.writeString(dir.resolve("storage.conf"), STORAGE.formatted(driver, dir));
        try {
            build("import", base.toString(), "base");
            build(
                    "build",
                    "--isolation=chroot",
                    "--format=docker",
                    "--file=deploy/Containerfile",
                    "--build-arg=BASE_IMAGE=localhost/base",
                    "--build-arg=VERSION=1.2.3",
                    "--build-arg=REVISION=abc",
                    "--tag=decoymx",
                    ".");
        } catch (RuntimeException | AssertionError e) {
            delete();
            throw e;
        }
    }

    /** With the network of the machine, for packages; what it mounts ends with it. */
    private void build(String... arguments) {
        String[] command = Stream.of(
                        Stream.of(RealProgram.require("unshare"), "--mount"), environment(), Stream.of("podman"))
                .flatMap(part -> part)
                .toArray(String[]::new);
        expectSuccess(CompletedProgram.run(LIMIT, join(command, arguments)));
    }

    private Stream<String> environment() {
        return Stream.of(
                "env",
                "CONTAINERS_CONF=" + dir.resolve("containers.conf"),
                "CONTAINERS_STORAGE_CONF=" + dir.resolve("storage.conf"));
    }

    private static String[] join(String[] one, String... other) {
        return Stream.concat(Stream.of(one), Stream.of(other)).toArray(String[]::new);
    }

    private static String expectSuccess(CompletedProgram run) {
        assertThat(run.code()).as(run.output()).isZero();
        return run.output();
    }

    /** The command line of podman in the namespace. */
    String[] command(String... arguments) {
        return join(
                namespace.command(
                        Stream.concat(environment(), Stream.of("podman")).toArray(String[]::new)),
                arguments);
    }

    /** Runs podman in the namespace. Its output has no warnings, such as that systemd does not run the health check. */
    CompletedProgram run(String... arguments) {
        CompletedProgram run = CompletedProgram.run(LIMIT, command(arguments));
        return new CompletedProgram(run.code(), WARNING.matcher(run.output()).replaceAll(""));
    }

    /** Runs podman, requires exit status 0, and returns its output. */
    String runSuccessfully(String... arguments) {
        return expectSuccess(run(arguments)).strip();
    }

    /** Serves Docker's API on a socket, as docker-compose needs it. */
    Process serve() {
        Path socket = socket();
        try {
            Process process = new ProcessBuilder(command("system", "service", "--time=0", "unix://" + socket))
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("service.log").toFile())
                    .start();
            await("podman's socket").atMost(LIMIT).until(() -> Files.exists(socket));
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The socket of {@link #serve}. */
    Path socket() {
        return dir.resolve("socket");
    }

    /** A new file for the test. */
    Path write(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text);
    }

    private void delete() {
        expectSuccess(CompletedProgram.run(LIMIT, "rm", "-rf", "--one-file-system", dir.toString()));
    }

    @Override
    public void close() {
        run("rm", "--all", "--force", "--time=0");
        namespace.close();
        delete();
    }
}
