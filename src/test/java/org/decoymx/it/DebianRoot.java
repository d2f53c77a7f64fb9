package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory with a minimal Debian 12, to install packages in. Its programs run in namespaces of their own for mounts
 * and processes, which end with them, so that nothing stays mounted or running. The network is that of the host.
 *
 * <p>Packages come from where the host gets them: mirror, proxy, certificates and name servers are the host's.
 */
public final class DebianRoot implements AutoCloseable {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path TAR = TARGET.resolve("debian-12.tar");
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final int NO_MIRROR = 77;

    /** The arguments are the new directory and the tar, which is complete or does not exist. */
    private static final String MAKE = """
            set -e
            root=$1
            sources=$(apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' \\
                'Created-By: Packages' 'Origin: Debian' | grep -E ' bookworm(-updates|-security)? main$' | sort -u)
            mirror=$(printf '%s\\n' "$sources" | sed -n 's/^deb \\(.*\\) bookworm main$/\\1/p' | head -n 1)
            [ -n "$mirror" ] || exit 77
            eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
            [ -z "${http_proxy-}" ] || export http_proxy
            [ -z "${https_proxy-}" ] || export https_proxy
            rm -rf --one-file-system "$root"
            debootstrap --variant=minbase bookworm "$root" "$mirror"
            rm -f "$root"/var/cache/apt/archives/*.deb "$root"/etc/hostname
            printf '%s\\n' "$sources" > "$root/etc/apt/sources.list"
            apt-config dump | grep -E '^Acquire::(https?|Check-)' > "$root/etc/apt/apt.conf.d/99host" || true
            printf '#!/bin/sh\\nexit 101\\n' > "$root/usr/sbin/policy-rc.d"
            chmod 755 "$root/usr/sbin/policy-rc.d"
            mkdir -p "$root/etc/ssl/certs" "$root/usr/local/share/ca-certificates"
            cp -L /etc/resolv.conf "$root/etc/"
            for certificate in /etc/ssl/certs/ca-certificates.crt /usr/local/share/ca-certificates/*.crt; do
                [ ! -e "$certificate" ] || cp -L "$certificate" "$root${certificate%/*}/"
            done
            tar --numeric-owner -C "$root" -cf "$2.new" .
            mv "$2.new" "$2"
            rm -rf --one-file-system "$root"
            """;

    private final Path dir;

    private DebianRoot(Path dir) {
        this.dir = dir;
    }

    /**
     * Returns a tar of the root directory, to import as an image of a container. It is made once for each build, which
     * takes a minute. The test is skipped, or fails with {@code -Dreal=required}, without root or a program.
     */
    public static synchronized Path tar() {
        RealProgram.requireRoot();
        String unshare = RealProgram.require("unshare");
        RealProgram.require("debootstrap");
        try (FileChannel lock = FileChannel.open(
                TARGET.resolve("debian-12.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            if (!Files.exists(TAR)) {
                String root = TARGET.resolve("debian-12").toString();
                List<String> make = List.of("--kill-child", "sh", "-c", MAKE, "sh", root, TAR.toString());
                CompletedProgram run = CompletedProgram.run(LIMIT, command(unshare, make));
                RealProgram.requireCondition(
                        run.code() != NO_MIRROR, "/etc/apt names no mirror of Debian 12, or apt-get update is missing");
                expectSuccess(run);
            }
            return TAR;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a directory with the contents of {@link #tar}. */
    public static DebianRoot create() {
        Path tar = tar();
        try {
            DebianRoot root = new DebianRoot(Files.createTempDirectory(TARGET, "debian-root"));
            expectSuccess(CompletedProgram.run(LIMIT, "tar", "-C", root.dir.toString(), "-xpf", tar.toString()));
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The root directory, as the host sees it. */
    public Path dir() {
        return dir;
    }

    /**
     * The command line that runs a program in the root directory, with an empty environment. The first process is that
     * of {@code unshare}; when it ends, all others end.
     */
    public String[] command(String... program) {
        return command(
                RealProgram.require("unshare"),
                Stream.concat(
                                Stream.of(
                                        "--kill-child",
                                        "--root=" + dir,
                                        "--mount-proc",
                                        "env",
                                        "-i",
                                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                        "HOME=/root",
                                        "LC_ALL=C.UTF-8",
                                        "DEBIAN_FRONTEND=noninteractive"),
                                Stream.of(program))
                        .toList());
    }

    private static String[] command(String unshare, List<String> arguments) {
        return Stream.concat(Stream.of(unshare, "--mount", "--pid", "--fork"), arguments.stream())
                .toArray(String[]::new);
    }

    /** Runs a program in the root directory. */
    public CompletedProgram run(String... program) {
        return CompletedProgram.run(LIMIT, command(program));
    }

    /** Runs a program in the root directory, requires exit status 0, and returns its output. */
    public String runSuccessfully(String... program) {
        return expectSuccess(run(program));
    }

    private static String expectSuccess(CompletedProgram run) {
        assertThat(run.code()).as(run.output()).isZero();
        return run.output();
    }

    /** Deletes the directory. */
    @Override
    public void close() {
        expectSuccess(CompletedProgram.run(LIMIT, "rm", "-rf", "--one-file-system", dir.toString()));
    }
}
