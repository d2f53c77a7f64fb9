package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The built jar in environments that machines, containers and administrators come with. */
class EnvironmentIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String CLIENT = "127.0.0.61";

    private final Path dir = TestResources.createDirectory("environment");
    private final List<CompletableFuture<DecoyProcess>> decoys = new ArrayList<>();

    @AfterEach
    void cleanUp() {
        for (CompletableFuture<DecoyProcess> decoy : decoys) {
            decoy.handle((started, failure) -> started)
                    .thenAccept(EnvironmentIT::close)
                    .join();
        }
        TestResources.delete(dir);
    }

    private static void close(@Nullable DecoyProcess started) {
        if (started != null) {
            started.close();
        }
    }

    private CompletableFuture<DecoyProcess> start(String preparation, String... settings) {
        Stream<String> all = Stream.concat(Stream.of("decoy.smtp.greeting-delay=0s"), Stream.of(settings));
        CompletableFuture<DecoyProcess> decoy = CompletableFuture.supplyAsync(
                () -> DecoyProcess.startAfter(preparation, all.toArray(String[]::new)),
                task -> new Thread(task, "start").start());
        decoys.add(decoy);
        return decoy;
    }

    /** One message, and all that it changes, is in ASCII letters and digits; the libraries of all jars work. */
    private static void assertWorks(DecoyProcess decoy) throws IOException {
        assertThat(SmtpClient.mail(decoy.smtpPort(), CLIENT, "user@example.org"))
                .startsWith("451 ");
        decoy.awaitListed(CLIENT);
        decoy.awaitSender(CLIENT, 1);
        assertThat(decoy.get("/stats").body())
                .contains("1 senders were caught in the last 7 days.")
                .containsPattern("\\A\\p{ASCII}*\\z");
        assertThat(decoy.get("/feeds/fail2ban?tier=all").body())
                .containsPattern("\n20\\d\\d-[0-9: +-]* decoy hit " + CLIENT);
        assertThat(decoy.get("/blocklist.txt.zst").statusCode()).isEqualTo(200);
        assertThat(decoy.log())
                .contains("Postfix policy service on 127.0.0.1 port " + decoy.policyPort())
                .containsPattern("\\A\\p{ASCII}*\\z")
                .doesNotContain("ERROR", "noexec", "Exception");
    }

    private static void assertFilesArePrivate(Path ledger) {
        try (Stream<Path> files = Files.list(ledger)) {
            assertThat(files.filter(file -> file.toString().matches(".*\\.(db|db-wal|db-shm|pem)")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .as(file.toString())
                            .isEqualTo("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Three machines at a time: each combines what does not affect the others. */
    @Test
    void message_isCaught_inEachEnvironment() throws IOException {
        Path open = dir.resolve("open");
        CompletableFuture<DecoyProcess> arabic = start(
                "export LC_ALL=C; umask 000",
                "user.language=ar",
                "user.country=EG",
                "user.timezone=Asia/Kathmandu",
                "decoy.ledger.dir=" + open);
        CompletableFuture<DecoyProcess> container = start(
                """
                unset LANG LC_ALL TZ USER
                mkdir '%1$s/tmp' '%1$s/home'
                mount -t tmpfs -o noexec,size=20m tmpfs '%1$s/tmp'
                mount --bind -o ro '%1$s/home' '%1$s/home'
                export HOME='%1$s/home'
                cp -a /etc '%1$s/etc'
                rm -f '%1$s/etc/resolv.conf' '%1$s/etc/hosts'
                mount --bind '%1$s/etc' /etc
                hostname decoyhost
                umask 077
                """.formatted(dir), "user.language=tr", "user.country=TR", "java.io.tmpdir=" + dir.resolve("tmp"));
        CompletableFuture<DecoyProcess> ipv4 = start(
                "export LC_ALL=C.UTF-8; unset HOME; " + exportLedger(),
                "user.language=th",
                "user.country=TH",
                "user.variant=TH",
                "user.timezone=Pacific/Kiritimati",
                "java.net.preferIPv4Stack=true",
                "decoy.smtp.host=0.0.0.0,::",
                "decoy.dnsbl.host=0.0.0.0,::",
                "decoy.ledger.dir=${LEDGER}");

        assertWorks(arabic.join());
        assertFilesArePrivate(open);
        assertWorks(container.join());
        try (SmtpClient client = new SmtpClient(container.join().smtpPort(), "127.0.0.62")) {
            assertThat(client.readLine()).startsWith("220 decoyhost ");
        }
        assertWorks(ipv4.join());
        assertThat(arabic.join().isHealthy()).isTrue();
        assertThat(ipv4.join().isHealthy()).isTrue();
    }

    /** A shell command that names a directory with an umlaut, which the JVM of the test may not be able to write. */
    private String exportLedger() {
        return "export LEDGER=$(printf '%s/d\\303\\244ten' '" + dir + "')";
    }

    /** The JVM cannot read the name then. */
    @Test
    void pathInOtherLetters_inLocaleC_isRefusedWithAdvice() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String jar = System.getProperty("decoymx.jar", "target/quarkus-app/quarkus-run.jar");
        CompletedProgram run = CompletedProgram.run(
                LIMIT,
                "sh",
                "-c",
                "export LC_ALL=C; " + exportLedger() + "; exec \"$@\"",
                "sh",
                java,
                "-Ddecoy.ledger.dir=${LEDGER}",
                "-jar",
                jar,
                "--check-config");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output()).contains("decoy.ledger.dir: '", "; for letters other than ASCII set LC_ALL=C.UTF-8");
    }
}
