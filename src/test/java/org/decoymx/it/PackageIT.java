package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The Debian package in a minimal Debian 12: installed by apt beside the data of release 0.1.0, upgraded, run as the
 * unit says, removed and purged. systemd does not run there: a script with the name systemctl records its arguments.
 */
class PackageIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final Path UNIT = Path.of("deploy/decoymx.service");
    private static final Path TARGET = Path.of(System.getProperty("decoymx.jar", "target/quarkus-app/quarkus-run.jar"))
            .resolve("../..")
            .normalize();
    private static final String SETTINGS = "etc/decoymx/application.properties";
    private static final String DATA = "var/lib/decoymx";
    private static final String SENDER = "23.9.0.9";
    private static final String NOT_CONFIGURED =
            "not started: set decoy.domains and decoy.hostname in /etc/decoymx/application.properties";

    /** What an administrator adds, and what a test without DNS needs. */
    private static final String EDITED = """
            decoy.domains=example.org
            decoy.policy.mode=enforce
            decoy.admin.token=token-of-the-package-test
            decoy.policy.require-mx=false
            decoy.exempt.spf-domains=
            decoy.smtp.greeting-delay=0s
            decoy.smtp.proxy-protocol.trusted=%s
            """.formatted(ProxiedClient.PROXY);

    private static final String SYSTEMCTL = """
            #!/bin/sh
            echo "$*" >> /var/log/systemctl
            case "$*" in
                *is-enabled*) echo enabled ;;
                *is-active*) [ ! -e /run/inactive ] ;;
                *stop*) sed -i /:64999:/d /etc/passwd /etc/group ;;
            esac
            """;

    /** An earlier version: without the program, which is not started then, and with another default. */
    private static final String MAKE_EARLIER = """
            set -e
            dpkg-deb -R "$1" "$2"
            rm -r "$2"/usr/share/decoymx/lib "$2"/usr/share/doc
            sed -i 's/^Version:.*/Version: 0.1.9/' "$2/DEBIAN/control"
            echo '# an earlier default' >> "$2/etc/decoymx/application.properties"
            dpkg-deb --root-owner-group -Znone -b "$2" "$2.deb"
            rm -r "$2"
            """;

    /** The system calls of the unit, without those that hide parts of the machine. */
    private static final String SERVICE = """
            cd %s
            export %s
            set -a
            for file in %s; do . $file; done
            set +a
            umask %s
            exec setpriv --reuid=%s --regid=%s --init-groups --no-new-privs \\
                --inh-caps=-all,+net_bind_service --ambient-caps=-all,+net_bind_service \\
                --bounding-set=-all,+net_bind_service \\
                %s
            """;

    private static Path builtPackage() throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            return files.filter(file -> file.getFileName().toString().matches("decoymx_[0-9].*_all\\.deb"))
                    .max((a, b) ->
                            Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
                    .orElseThrow();
        }
    }

    @Test
    void package_isInstalled_upgraded_run_removed_andPurged() throws IOException {
        try (DebianRoot root = DebianRoot.create()) {
            Files.copy(builtPackage(), root.dir().resolve("tmp/decoymx.deb"));
            root.runSuccessfully("sh", "-c", MAKE_EARLIER, "sh", "/tmp/decoymx.deb", "/tmp/earlier");
            installBesideOldData(root);
            upgrade(root);
            assertFiles(root);
            assertNewJavaGetsNewArchive(root);
            runService(root);
            assertInvalidConfigurationIsNotStarted(root);
            assertTakenPortIsNamed(root);
            assertFailedRemovalStartsAgain(root);
            removeAndPurge(root);
        }
    }

    private static String aptGet(DebianRoot root, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("apt-get", "-q", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold"));
        command.addAll(List.of(arguments));
        return root.runSuccessfully(command.toArray(String[]::new));
    }

    /** What was told to systemctl since the last call. */
    private static List<String> systemctlCalls(DebianRoot root) throws IOException {
        Path log = root.dir().resolve("var/log/systemctl");
        List<String> calls = Files.exists(log) ? Files.readAllLines(log) : List.of();
        Files.deleteIfExists(log);
        return calls;
    }

    private static void installBesideOldData(DebianRoot root) throws IOException {
        // as a unit with DynamicUser has left it
        Path data = Files.createDirectories(root.dir().resolve("var/lib/private/decoymx"));
        for (String file : List.of("ledger.db", "primary.db", "exemptions.txt", "self-signed.pem")) {
            Files.copy(Path.of("src/test/resources/release-0.1.0", file), data.resolve(file));
        }
        root.runSuccessfully("chown", "-R", "64999:64999", "/var/lib/private/decoymx");
        root.runSuccessfully("chmod", "-R", "go=", "/var/lib/private");
        Files.createSymbolicLink(root.dir().resolve(DATA), Path.of("private/decoymx"));
        // while that unit runs, its user has the name
        root.runSuccessfully("sh", "-c", """
                echo decoymx:x:64999:64999:Dynamic User:/:/usr/sbin/nologin >> /etc/passwd
                echo decoymx:x:64999: >> /etc/group
                """);

        Files.createDirectories(root.dir().resolve("run/systemd/system"));
        Path systemctl = Files.writeString(root.dir().resolve("usr/bin/systemctl"), SYSTEMCTL);
        assertThat(systemctl.toFile().setExecutable(true)).isTrue();
        Files.delete(root.dir().resolve("usr/sbin/policy-rc.d"));

        aptGet(root, "update");
        assertThat(aptGet(root, "install", "/tmp/earlier.deb"))
                .contains(NOT_CONFIGURED, "systemctl enable --now decoymx");
        assertThat(systemctlCalls(root)).noneMatch(call -> call.contains("start decoymx"));
        assertThat(root.runSuccessfully(
                        "stat", "-c", "%A %U:%G %n", "/" + DATA, "/" + DATA + "/ledger.db", "/" + SETTINGS))
                .matches("""
                        drwx------ decoymx:decoymx /var/lib/decoymx
                        -rw------- decoymx:decoymx /var/lib/decoymx/ledger.db
                        -rw-r----- root:decoymx /etc/decoymx/application.properties
                        """);
    }

    private static void upgrade(DebianRoot root) throws IOException {
        Files.writeString(root.dir().resolve(SETTINGS), EDITED, StandardOpenOption.APPEND);
        Path further = root.dir().resolve(DATA).resolve("config/application.properties");
        Files.createDirectories(further.getParent());
        Files.writeString(further, "decoy.hostname = mx9.example.org\n");
        Path enabled = root.dir().resolve("etc/systemd/system/multi-user.target.wants/decoymx.service");
        Files.createDirectories(enabled.getParent());
        Files.createSymbolicLink(enabled, Path.of("/lib/systemd/system/decoymx.service"));
        assertThat(aptGet(root, "install", "/tmp/decoymx.deb")).doesNotContain("not started", "did not start");
        assertThat(root.dir().resolve(SETTINGS)).content().contains("# an earlier default", EDITED);
        assertThat(root.dir().resolve(SETTINGS + ".dpkg-dist")).exists();
        List<String> calls = systemctlCalls(root);
        assertThat(calls).anyMatch(call -> call.matches(".*\\bstop decoymx.service"));
        assertThat(calls.get(calls.size() - 1)).matches(".*\\bstart decoymx.service");
        assertThat(enabled).isSymbolicLink();
    }

    private static void assertFiles(DebianRoot root) throws IOException {
        assertThat(root.runSuccessfully("dpkg", "--verify", "decoymx"))
                .isEqualTo("??5?????? c /etc/decoymx/application.properties\n");
        assertThat(root.runSuccessfully("sh", "-c", """
                find $(dpkg -L decoymx) -prune ! -user root -o -prune ! -type l -perm /022
                find /usr/share/decoymx /usr/share/doc/decoymx ! -perm -444
                find /usr/share/doc/decoymx -type f -exec sh -c '
                    for file; do
                        read -r first < "$file"
                        case $first in "#!"*) script=yes ;; *) script=no ;; esac
                        if [ -x "$file" ]; then executable=yes; else executable=no; fi
                        [ $script = $executable ] || echo "$file"
                    done' sh {} +
                """)).isEmpty();
        assertThat(root.runSuccessfully("zcat", "/usr/share/man/man1/decoymx.1.gz"))
                .isEqualTo(Files.readString(Path.of("deploy/decoymx.1")));
        assertThat(root.runSuccessfully("decoymx", "--help")).startsWith("Usage: decoymx COMMAND");
        assertThat(root.runSuccessfully("bash", "-c", """
                . /usr/share/bash-completion/completions/decoymx
                COMP_WORDS=(decoymx check-) COMP_CWORD=1
                _decoymx
                echo "${COMPREPLY[*]}"
                """)).isEqualTo("check-config\n");
        assertThat(root.runSuccessfully("decoymx", "check-config")).isEqualTo("The configuration is valid.\n");
    }

    private static void assertNewJavaGetsNewArchive(DebianRoot root) {
        Path archive = root.dir().resolve("var/cache/decoymx/classes.jsa");
        assertThat(root.runSuccessfully(
                        "stat", "-c", "%A %U:%G", "/var/cache/decoymx", "/var/cache/decoymx/classes.jsa"))
                .isEqualTo("drwxr-xr-x root:root\n-rw-r--r-- root:root\n");
        root.runSuccessfully("rm", "/var/cache/decoymx/classes.jsa");
        root.runSuccessfully(
                "sh", "-c", "dpkg-trigger --by-package=base-files /usr/lib/jvm && dpkg --configure decoymx");
        assertThat(archive).isNotEmptyFile();
    }

    /** The values of a key in the unit. */
    private static List<String> unit(String key) throws IOException {
        return Pattern.compile("^" + key + "=-?(.*)$", Pattern.MULTILINE)
                .matcher(Files.readString(UNIT))
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    private static String service() throws IOException {
        String environment = String.join(" ", unit("Environment"));
        return SERVICE.formatted(
                unit("WorkingDirectory").get(0),
                environment,
                String.join(" ", unit("EnvironmentFile")),
                unit("UMask").get(0),
                unit("User").get(0),
                unit("Group").get(0),
                unit("ExecStart").get(0));
    }

    private static void runService(DebianRoot root) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(RealProgram.require("unshare"), "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"));
        command.addAll(List.of(root.command("sh", "-ec", service())));
        Path log = root.dir().resolve("tmp/decoy.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            await("the decoy")
                    .atMost(LIMIT)
                    .failFast(() -> assertThat(process.isAlive())
                            .as(() -> CompletedProgram.read(log))
                            .isTrue())
                    .until(() -> inNetwork(process, root.command("decoymx", "status"))
                                    .code()
                            < 3);
            assertSenderIsListed(root, process);
            // process 1 in the root directory, which is the decoy
            ProcessHandle decoy = process.children().findFirst().orElseThrow();
            assertThat(Path.of("/proc", Long.toString(decoy.pid()), "maps"))
                    .content()
                    .contains("/var/cache/decoymx/classes.jsa");
            decoy.destroy();
            Stopwatch.start()
                    .within(STOP_LIMIT, () -> assertThat(process.isAlive()).isFalse());
            assertThat(process.exitValue()).isEqualTo(143);
            assertThat(CompletedProgram.read(log)).doesNotContain("ERROR", "quarantined", "Exception");
        } finally {
            process.destroyForcibly();
        }
    }

    private static CompletedProgram inNetwork(Process process, String... program) {
        return CompletedProgram.run(
                LIMIT,
                Stream.concat(
                                Stream.of(
                                        RealProgram.require("nsenter"),
                                        "--net",
                                        "--target",
                                        Long.toString(process.pid())),
                                Stream.of(program))
                        .toArray(String[]::new));
    }

    private static void assertSenderIsListed(DebianRoot root, Process process) {
        CompletedProgram mail = inNetwork(
                process,
                RealProgram.require("swaks"),
                "--server",
                "127.0.0.1:25",
                "--local-interface",
                ProxiedClient.PROXY,
                "--proxy-version",
                "1",
                "--proxy-family",
                "TCP4",
                "--proxy-source",
                SENDER,
                "--proxy-source-port",
                "40000",
                "--proxy-dest",
                "192.0.2.25",
                "--proxy-dest-port",
                "25",
                "--from",
                "sender@example.net",
                "--to",
                "user@example.org");
        assertThat(mail.output()).containsPattern("<\\*\\* 451 ");
        await("the sender in the list").atMost(LIMIT).untilAsserted(() -> assertThat(
                        inNetwork(process, root.command("decoymx", "list")).output())
                .contains(SENDER));
        CompletedProgram export = inNetwork(process, root.command("decoymx", "export"));
        assertThat(export.output()).contains("\"origin\":\"" + SENDER + "\"", "\"origin\":\"23.0.0.1\"");
        assertThat(root.runSuccessfully("stat", "-c", "%A %U", "/" + DATA + "/ledger.db-wal"))
                .isEqualTo("-rw------- decoymx\n");
    }

    private static void assertInvalidConfigurationIsNotStarted(DebianRoot root) throws IOException {
        Files.writeString(root.dir().resolve("etc/default/decoymx"), "DECOY_SMTP_PORT=70000\n");
        Path dropIn = root.dir().resolve("etc/systemd/system/decoymx.service.d/ports.conf");
        Files.createDirectories(dropIn.getParent());
        Files.writeString(dropIn, "[Service]\nEnvironment=\"DECOY_HOSTNAME=mx9.example.org\" DECOY_DNSBL_PORT=70001\n");
        systemctlCalls(root);
        CompletedProgram check = root.run("decoymx", "check-config");
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.output())
                .contains("decoy.smtp.port: 70000 is out of range", "decoy.dnsbl.port: 70001 is out of range");
        assertThat(root.runSuccessfully("dpkg-reconfigure", "decoymx"))
                .contains("not started, as its configuration is not valid: "
                        + check.output().lines().findFirst().orElseThrow());
        assertThat(systemctlCalls(root)).noneMatch(call -> call.contains("start decoymx"));
        root.runSuccessfully("rm", "-r", "/etc/systemd/system/decoymx.service.d");
    }

    private static void assertTakenPortIsNamed(DebianRoot root) throws IOException {
        Path inactive = Files.createFile(root.dir().resolve("run/inactive"));
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
            Files.writeString(
                    root.dir().resolve("etc/default/decoymx"),
                    "DECOY_SMTP_HOST=127.0.0.1,127.0.0.2\nDECOY_SMTP_PORT=" + other.getLocalPort() + "\n");
            CompletedProgram check = root.run("decoymx", "check-config");
            assertThat(check.code()).isEqualTo(1);
            assertThat(check.output())
                    .startsWith("decoy.smtp.host: 127.0.0.2 port " + other.getLocalPort() + " is not free")
                    .hasLineCount(1);
        } finally {
            Files.delete(inactive);
        }
    }

    private static void assertFailedRemovalStartsAgain(DebianRoot root) throws IOException {
        systemctlCalls(root);
        root.runSuccessfully("/var/lib/dpkg/info/decoymx.postinst", "abort-remove");
        assertThat(systemctlCalls(root)).anyMatch(call -> call.matches(".*\\bstart decoymx.service"));
    }

    private static void removeAndPurge(DebianRoot root) throws IOException {
        aptGet(root, "remove", "decoymx");
        assertThat(root.dir().resolve(SETTINGS)).content().contains(EDITED);
        assertThat(root.dir().resolve(DATA).resolve("ledger.db")).exists();
        assertThat(root.dir().resolve("usr/share/decoymx")).doesNotExist();
        assertThat(root.dir().resolve("var/cache/decoymx")).doesNotExist();
        assertThat(systemctlCalls(root)).anyMatch(call -> call.matches(".*\\bstop decoymx.service"));

        Files.writeString(root.dir().resolve("etc/default/decoymx"), "");
        assertThat(aptGet(root, "install", "/tmp/decoymx.deb")).doesNotContain("not started");
        assertThat(systemctlCalls(root)).anyMatch(call -> call.matches(".*\\bstart decoymx.service"));
        assertThat(aptGet(root, "purge", "decoymx")).contains("the data is kept in /var/lib/decoymx");
        assertThat(root.dir().resolve(DATA).resolve("ledger.db")).exists();
        assertThat(root.dir().resolve("etc/decoymx")).doesNotExist();
        assertThat(root.dir().resolve("etc/default/decoymx")).doesNotExist();

        aptGet(root, "install", "/tmp/earlier.deb");
        root.runSuccessfully("sh", "-c", "echo decoymx decoymx/delete-data boolean true | debconf-set-selections");
        aptGet(root, "purge", "decoymx");
        assertThat(root.runSuccessfully("sh", "-c", "find /etc /usr /lib /var -xdev -name '*decoymx*'"))
                .isEmpty();
    }

    @Test
    void unit_isValid_andHardened() {
        String analyze = RealProgram.require("systemd-analyze");
        CompletedProgram verify = CompletedProgram.run(LIMIT, analyze, "verify", "--man=no", UNIT.toString());
        assertThat(verify.output()).isEmpty();
        CompletedProgram security = CompletedProgram.run(
                LIMIT, analyze, "security", "--no-pager", "--offline=true", "--threshold=20", UNIT.toString());
        assertThat(security.code()).as(security.output()).isZero();
        assertThat(security.output()).contains("Overall exposure level for decoymx.service");
    }
}
