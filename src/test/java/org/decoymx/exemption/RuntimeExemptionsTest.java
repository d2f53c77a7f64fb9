package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.IpNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeExemptionsTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.891Z");
    private static final Instant SECOND = Instant.parse("2026-03-04T05:06:07Z");
    private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05Z");
    private static final IpNetwork NET = IpNetwork.parse("192.0.2.0/24");
    private static final IpNetwork HOST = IpNetwork.parse("2001:db8::1");

    @TempDir
    private Path dir;

    private Path path;
    private ExemptNetworks exempt;
    private RuntimeExemptions grants;

    @BeforeEach
    void begin() throws IOException {
        path = dir.resolve("exemptions.txt");
        restart(NOW);
    }

    /** Starts anew with what is on the disk. */
    private void restart(Instant now) throws IOException {
        exempt = new ExemptNetworks();
        grants = new RuntimeExemptions(new RuntimeExemptionFile(path), exempt, Clock.fixed(now, ZoneOffset.UTC));
        grants.load();
    }

    private List<Exemption> publishedExemptions() {
        return exempt.sources().getOrDefault("run-time", List.of());
    }

    @Test
    void grant_isOnTheDisk_inTheFormOfTheFiles_andReadAgain() throws IOException {
        assertThat(grants.addOrUpdate(NET, "our partner # 7"))
                .isEqualTo(new RuntimeExemptions.UpdateResult(
                        new RuntimeExemption(NET, "our partner # 7", SECOND), true, true));
        grants.addOrUpdate(HOST, "");

        assertThat(Files.readString(path))
                .startsWith("# Networks exempt at run time: ")
                .endsWith(
                        "\n192.0.2.0/24 # 2026-03-04T05:06:07Z our partner # 7\n2001:db8::/64 # 2026-03-04T05:06:07Z\n");
        assertThat(new NetworkListParser("x").read(Files.newInputStream(path)).exemptions())
                .hasSize(2);
        List<RuntimeExemption> before = grants.all();
        restart(NOW.plusSeconds(60));
        assertThat(grants.all())
                .isEqualTo(before)
                .containsExactly(
                        new RuntimeExemption(NET, "our partner # 7", SECOND), new RuntimeExemption(HOST, "", SECOND));
        assertThat(publishedExemptions())
                .containsExactly(
                        Exemption.of(NET, "named by the administrator (our partner # 7)"),
                        Exemption.of(HOST, "named by the administrator"));
        assertThat(dir).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void replaced_keepsItsMomentAndPlace() throws IOException {
        grants.addOrUpdate(NET, "one");
        grants.addOrUpdate(HOST, "");
        restart(NOW.plusSeconds(60));
        assertThat(grants.addOrUpdate(NET, "two"))
                .isEqualTo(new RuntimeExemptions.UpdateResult(new RuntimeExemption(NET, "two", SECOND), false, true));
        assertThat(grants.addOrUpdate(NET, "two").changed()).isFalse();
        assertThat(grants.all()).extracting(RuntimeExemption::network).containsExactly(NET, HOST);
    }

    @Test
    void removed_isGone_andAnotherIsNot() throws IOException {
        grants.addOrUpdate(NET, "");
        assertThat(grants.remove(HOST)).isFalse();
        assertThat(grants.remove(IpNetwork.parse("192.0.2.0/25"))).isFalse();
        assertThat(grants.remove(NET)).isTrue();
        assertThat(grants.remove(NET)).isFalse();
        assertThat(publishedExemptions()).isEmpty();
        restart(NOW);
        assertThat(grants.all()).isEmpty();
    }

    @Test
    void handwriting_isRespected_andWhatIsNoGrantBecomesAComment() throws IOException {
        Files.writeString(path, """
                # my own words

                192.0.2.0/24 # by hand
                nonsense
                !192.0.2.7
                192.0.2.0/24 # twice
                198.51.100.7 # 2026-01-01T00:00:00Z with its time
                """);
        Files.setLastModifiedTime(path, FileTime.from(MODIFIED));
        restart(NOW);
        assertThat(grants.all())
                .containsExactly(
                        new RuntimeExemption(NET, "by hand", MODIFIED),
                        new RuntimeExemption(
                                IpNetwork.parse("198.51.100.7"),
                                "with its time",
                                Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(grants.problem().orElseThrow())
                .contains(path + ":4: 'nonsense' is not a valid network (")
                .endsWith("; and 2 more");

        grants.addOrUpdate(HOST, "");
        assertThat(grants.problem()).isEmpty();
        assertThat(path).hasContent("""
                        # my own words

                        192.0.2.0/24 # 2026-01-02T03:04:05Z by hand
                        # not taken: nonsense
                        # not taken: !192.0.2.7
                        # not taken: 192.0.2.0/24 # twice
                        198.51.100.7/32 # 2026-01-01T00:00:00Z with its time
                        2001:db8::/64 # 2026-03-04T05:06:07Z
                        """);
        restart(NOW);
        assertThat(grants.problem()).isEmpty();
    }

    @Test
    void whatCannotBeWritten_changesNothing_andIsTriedAgain() throws IOException {
        grants.addOrUpdate(NET, "");
        Path obstacle = Files.createDirectory(dir.resolve("exemptions.txt.new"));
        Files.createFile(obstacle.resolve("x"));

        assertThatThrownBy(() -> grants.addOrUpdate(HOST, ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(path + " cannot be written: ")
                .hasMessageEndingWith("; nothing has changed");
        assertThatThrownBy(() -> grants.remove(NET)).isInstanceOf(IOException.class);
        assertThat(grants.all()).extracting(RuntimeExemption::network).containsExactly(NET);
        assertThat(publishedExemptions()).hasSize(1);
        assertThat(grants.problem().orElseThrow()).contains("cannot be written");
        grants.retryWrite();
        assertThat(grants.problem()).isPresent();

        Files.delete(obstacle.resolve("x"));
        Files.delete(obstacle);
        grants.retryWrite();
        assertThat(grants.problem()).isEmpty();
        restart(NOW);
        assertThat(grants.all()).extracting(RuntimeExemption::network).containsExactly(NET);
    }

    @Test
    void file_thatCannotBeRead_isAFault() throws IOException {
        Files.createDirectory(path);
        assertThatThrownBy(grants::load).isInstanceOf(IOException.class);
    }

    @Test
    void tooMany_areRefused_butThoseThereMayBeGivenOtherWords() throws IOException {
        Files.writeString(
                path,
                IntStream.range(0, RuntimeExemptionFile.MAX_EXEMPTIONS + 1)
                        .mapToObj(i -> "10.0." + (i >> 8) + "." + (i & 255) + "\n")
                        .collect(Collectors.joining()));
        restart(NOW);
        assertThat(grants.all()).hasSize(RuntimeExemptionFile.MAX_EXEMPTIONS);
        assertThat(grants.problem().orElseThrow())
                .contains("'10.0.39.16/32' is one too many; 10000 networks are allowed");
        assertThatThrownBy(() -> grants.addOrUpdate(NET, "")).isInstanceOf(IllegalStateException.class);
        assertThat(grants.addOrUpdate(IpNetwork.parse("10.0.0.1"), "words").created())
                .isFalse();
        grants.remove(IpNetwork.parse("10.0.0.1"));
        assertThat(grants.addOrUpdate(NET, "").created()).isTrue();
    }

    @Test
    void grants_ofManyAtATime_areAllKept() throws Exception {
        ExecutorService many = Executors.newFixedThreadPool(8);
        List<IpNetwork> networks = IntStream.range(0, 64)
                .mapToObj(i -> IpNetwork.parse("198.51.100." + i))
                .toList();
        List<Future<RuntimeExemptions.UpdateResult>> made = many.invokeAll(networks.stream()
                .map(network -> (Callable<RuntimeExemptions.UpdateResult>) () -> grants.addOrUpdate(network, "x"))
                .toList());
        many.shutdown();
        assertThat(many.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        for (Future<RuntimeExemptions.UpdateResult> one : made) {
            assertThat(one.get().created()).isTrue();
        }
        restart(NOW);
        assertThat(grants.all()).extracting(RuntimeExemption::network).containsExactlyInAnyOrderElementsOf(networks);
        assertThat(publishedExemptions()).hasSize(64);
    }
}
