package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.support.SteadyClock;
import org.decoymx.support.TestClocks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeExemptionsTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.891Z");
    private static final Instant SECOND = Instant.parse("2026-03-04T05:06:07Z");
    private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05Z");
    private static final IpPrefix NET = IpText.parseNetwork("192.0.2.0/24").hostNetwork();
    private static final IpPrefix HOST = IpText.parseNetwork("2001:db8::1").hostNetwork();

    @TempDir
    private Path dir;

    private Path path;
    private ExemptNetworks exempt;
    private RuntimeExemptions exemptions;
    private int changeCount;

    @BeforeEach
    void setUp() throws IOException {
        path = dir.resolve("exemptions.txt");
        restart(NOW);
    }

    /** Loads the exemptions from the file again. */
    private void restart(Instant now) throws IOException {
        exempt = newNetworks();
        exemptions = load(TestClocks.trusted(Clock.fixed(now, ZoneOffset.UTC)));
        changeCount = 0;
    }

    private ExemptNetworks newNetworks() {
        ExemptNetworks networks = new ExemptNetworks();
        networks.onChange(() -> changeCount++);
        return networks;
    }

    private interface FileAction {
        void run() throws IOException;
    }

    /** Whether an action changes what is exempt. */
    private boolean isChangedBy(FileAction action) throws IOException {
        int before = changeCount;
        action.run();
        return changeCount > before;
    }

    private RuntimeExemptions load(SteadyClock clock) throws IOException {
        RuntimeExemptions loaded = new RuntimeExemptions(new RuntimeExemptionFile(path, clock), exempt, clock);
        loaded.load();
        return loaded;
    }

    private List<Exemption> publishedExemptions() {
        return exempt.sources().getOrDefault("run-time", List.of());
    }

    @Test
    void exemption_isWrittenAsANetworkFile_andLoadedAgain() throws IOException {
        assertThat(exemptions.addOrUpdate(NET, "our partner # 7", null))
                .isEqualTo(new RuntimeExemptions.UpdateResult(
                        new RuntimeExemption(NET, "our partner # 7", SECOND, null), true));
        assertThat(changeCount).isEqualTo(1);
        exemptions.addOrUpdate(HOST, "", null);

        assertThat(Files.readString(path))
                .startsWith("# Networks exempt at run time: ")
                .endsWith("""

                        192.0.2.0/24 # 2026-03-04T05:06:07Z our partner # 7
                        2001:db8::1/128 # 2026-03-04T05:06:07Z
                        """);
        assertThat(new NetworkListParser("x").read(Files.newInputStream(path)).exemptions())
                .hasSize(2);
        List<RuntimeExemption> before = exemptions.all();
        restart(NOW.plusSeconds(60));
        assertThat(exemptions.all())
                .isEqualTo(before)
                .containsExactly(
                        new RuntimeExemption(NET, "our partner # 7", SECOND, null),
                        new RuntimeExemption(HOST, "", SECOND, null));
        assertThat(publishedExemptions())
                .containsExactly(
                        Exemption.of(NET, "added by the administrator (our partner # 7)"),
                        Exemption.of(HOST, "added by the administrator"));
        assertThat(dir).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void updatedExemption_keepsItsTimeAndPosition() throws IOException {
        exemptions.addOrUpdate(NET, "one", null);
        exemptions.addOrUpdate(HOST, "", null);
        restart(NOW.plusSeconds(60));
        assertThat(exemptions.addOrUpdate(NET, "two", null))
                .isEqualTo(new RuntimeExemptions.UpdateResult(new RuntimeExemption(NET, "two", SECOND, null), false));
        assertThat(changeCount).isEqualTo(1);
        assertThat(isChangedBy(() -> exemptions.addOrUpdate(NET, "two", null))).isFalse();
        assertThat(exemptions.all()).extracting(RuntimeExemption::network).containsExactly(NET, HOST);
    }

    @Test
    void exemptionWithAnEnd_isKeptWithIt_andEndsByItself() throws IOException {
        Instant end = Instant.parse("2026-03-05T00:00:00Z");
        exemptions.addOrUpdate(NET, "our partner", end);
        exemptions.addOrUpdate(HOST, "", null);
        assertThat(Files.readString(path))
                .contains("192.0.2.0/24 # 2026-03-04T05:06:07Z/2026-03-05T00:00:00Z our partner\n");
        restart(end.minusSeconds(1));
        assertThat(isChangedBy(() -> exemptions.endExpired())).isFalse();
        assertThat(exemptions.all()).contains(new RuntimeExemption(NET, "our partner", SECOND, end));
        assertThat(publishedExemptions())
                .contains(Exemption.of(NET, "added by the administrator (our partner), until 2026-03-05T00:00:00Z"));
        ExemptNetworks before = exempt;
        restart(end);
        assertThat(before.sources().get("run-time")).hasSize(2);
        assertThat(exemptions.all()).extracting(RuntimeExemption::network).containsExactly(HOST);
        assertThat(publishedExemptions()).hasSize(1);
        exemptions.endExpired();
        assertThat(Files.readString(path)).doesNotContain("192.0.2.0").contains("2001:db8::1/128");
    }

    @Test
    void exemptionThatEnded_whileTheClockWasAhead_isBackWhenItIsRight() throws IOException {
        Instant end = Instant.parse("2026-03-05T00:00:00Z");
        exemptions.addOrUpdate(NET, "our partner", end);
        Instant[] machine = {NOW.plus(Duration.ofDays(100))};
        SteadyClock clock =
                new SteadyClock(((InstantSource) () -> machine[0]).withZone(ZoneOffset.UTC), () -> 0, Instant.EPOCH);
        clock.compare(NOW, NOW);
        exemptions = load(clock);
        exemptions.endExpired();
        assertThat(publishedExemptions()).isEmpty();
        assertThat(Files.readString(path)).contains("192.0.2.0/24");
        machine[0] = NOW;
        assertThat(isChangedBy(() -> exemptions.endExpired())).isTrue();
        assertThat(exemptions.all()).extracting(RuntimeExemption::network).containsExactly(NET);
        machine[0] = NOW.plus(Duration.ofDays(100));
        exemptions = load(clock);
        exemptions.endExpired();
        exemptions.addOrUpdate(NET, "again", null);
        assertThat(Files.readString(path)).containsOnlyOnce("192.0.2.0/24");
    }

    @Test
    void remove_affectsOnlyTheExactNetwork() throws IOException {
        exemptions.addOrUpdate(NET, "", null);
        assertThat(exemptions.remove(HOST)).isFalse();
        assertThat(exemptions.remove(IpText.parseNetwork("192.0.2.0/25").hostNetwork()))
                .isFalse();
        assertThat(exemptions.remove(NET)).isTrue();
        assertThat(exemptions.remove(NET)).isFalse();
        assertThat(publishedExemptions()).isEmpty();
        restart(NOW);
        assertThat(exemptions.all()).isEmpty();
    }

    @Test
    void handWrittenLines_areKept_andInvalidOnesBecomeComments() throws IOException {
        Files.writeString(path, """
                # my own comment

                192.0.2.0/24 # by hand
                nonsense
                !192.0.2.7
                192.0.2.0/24 # twice
                198.51.100.7 # 2026-01-01T00:00:00Z with its time
                """);
        Files.setLastModifiedTime(path, FileTime.from(MODIFIED));
        restart(NOW);
        assertThat(exemptions.all())
                .containsExactly(
                        new RuntimeExemption(NET, "by hand", MODIFIED, null),
                        new RuntimeExemption(
                                IpText.parseNetwork("198.51.100.7").hostNetwork(),
                                "with its time",
                                Instant.parse("2026-01-01T00:00:00Z"),
                                null));
        assertThat(exemptions.problem().orElseThrow())
                .contains(path + ":4: 'nonsense' is not a valid network (")
                .endsWith("; and 2 more");

        exemptions.addOrUpdate(HOST, "", null);
        assertThat(exemptions.problem()).isEmpty();
        assertThat(path).hasContent("""
                        # my own comment

                        192.0.2.0/24 # 2026-01-02T03:04:05Z by hand
                        # rejected: nonsense
                        # rejected: !192.0.2.7
                        # rejected: 192.0.2.0/24 # twice
                        198.51.100.7/32 # 2026-01-01T00:00:00Z with its time
                        2001:db8::1/128 # 2026-03-04T05:06:07Z
                        """);
        restart(NOW);
        assertThat(exemptions.problem()).isEmpty();
    }

    /** The exemptions of another node, whose clock is some seconds ahead. */
    private RuntimeExemptions otherNode(String name, long secondsAhead) throws IOException {
        SteadyClock clock = TestClocks.trusted(Clock.fixed(NOW.plusSeconds(secondsAhead), ZoneOffset.UTC));
        RuntimeExemptions other =
                new RuntimeExemptions(new RuntimeExemptionFile(dir.resolve(name), clock), newNetworks(), clock);
        other.load();
        other.share(() -> {});
        return other;
    }

    private static List<Object> effective(RuntimeExemptions node, String name) {
        return node.shared(name).stream()
                .sorted(Comparator.comparing(shared -> shared.network().cidr()))
                .collect(Collectors.toList());
    }

    @Test
    void sharedExemptions_latestChangeHolds_whateverTheOrder() throws IOException {
        exemptions.addOrUpdate(HOST, "before it was shared", null);
        exemptions.share(() -> {});
        exemptions.addOrUpdate(NET, "a", null);
        RuntimeExemptions b = otherNode("b", 5);
        b.addOrUpdate(NET, "b", NOW.plus(Duration.ofDays(3)));
        RuntimeExemptions c = otherNode("c", 5);
        c.addOrUpdate(NET, "c", null);
        c.remove(NET);

        assertThat(isChangedBy(() -> exemptions.merge(b.shared("b"), "a"))).isTrue();
        assertThat(exemptions.all()).extracting(RuntimeExemption::reason).contains("b");
        assertThat(isChangedBy(() -> exemptions.merge(b.shared("b"), "a"))).isFalse();
        assertThat(isChangedBy(() -> exemptions.merge(c.shared("c"), "a"))).isTrue();
        assertThat(isChangedBy(() -> exemptions.merge(b.shared("b"), "a"))).isFalse();
        b.merge(c.shared("c"), "b");
        b.merge(exemptions.shared("a"), "b");
        c.merge(b.shared("b"), "c");

        assertThat(effective(exemptions, "a")).isEqualTo(effective(b, "b")).isEqualTo(effective(c, "c"));
        assertThat(exemptions.all()).containsExactly(new RuntimeExemption(HOST, "before it was shared", SECOND, null));
        assertThat(publishedExemptions()).hasSize(1);
        restart(NOW);
        assertThat(effective(exemptions, "a")).isEqualTo(effective(b, "b"));
        assertThat(Files.readString(path)).endsWith("""
                2001:db8::1/128 # 2026-03-04T05:06:07Z before it was shared
                # removed: 192.0.2.0/24 2026-03-04T05:06:13Z c
                """);
    }

    @Test
    void changeAtThisNode_isLaterThanWhatItKnows_alsoWithASlowClock() throws IOException {
        exemptions.share(() -> {});
        RuntimeExemptions b = otherNode("b", 30);
        b.addOrUpdate(NET, "b", null);
        exemptions.merge(b.shared("b"), "a");
        exemptions.remove(NET);
        assertThat(isChangedBy(() -> b.merge(exemptions.shared("a"), "b"))).isTrue();
        assertThat(b.all()).isEmpty();
    }

    @Test
    void removal_isForgottenAfterSomeTime_andAnEndedExemptionCountsAsOne() throws IOException {
        exemptions.share(() -> {});
        exemptions.addOrUpdate(NET, "", NOW.plusSeconds(60));
        exemptions.addOrUpdate(HOST, "", null);
        exemptions.remove(HOST);
        restart(NOW.plusSeconds(120));
        exemptions.endExpired();
        assertThat(effective(exemptions, "a"))
                .containsExactly(
                        new SharedExemption(NET, SECOND, "a", null),
                        new SharedExemption(HOST, SECOND.plusSeconds(1), "a", null));
        restart(NOW.plus(Duration.ofDays(91)));
        exemptions.endExpired();
        assertThat(exemptions.shared("a")).isEmpty();
        assertThat(Files.readString(path)).doesNotContain("192.0.2.0", "2001:db8::1");
    }

    @Test
    void lineRemovedByHand_countsAsRemovedNow() throws IOException {
        exemptions.share(() -> {});
        exemptions.addOrUpdate(NET, "", null);
        Files.writeString(path, Files.readString(path).replaceAll("(?m)^192.*\n", ""));
        restart(NOW.plusSeconds(60));
        assertThat(exemptions.shared("a")).containsExactly(new SharedExemption(NET, SECOND.plusSeconds(60), "a", null));
    }

    private static List<SharedExemption> changes(int from, int to, boolean removed) {
        return IntStream.range(from, to)
                .mapToObj(i -> IpText.parseNetwork("10.0." + (i >> 8) + "." + (i & 255))
                        .hostNetwork())
                .map(network -> new SharedExemption(
                        network,
                        SECOND.plusSeconds(removed ? 1 : 0),
                        "b",
                        removed ? null : new RuntimeExemption(network, "b", SECOND, null)))
                .toList();
    }

    @Test
    void exemptionsOfOthersBeyondTheLimit_areLeftOut_andNotRemovedAfterARestart() throws IOException {
        int limit = RuntimeExemptionFile.MAX_EXEMPTIONS;
        exemptions.share(() -> {});
        exemptions.addOrUpdate(HOST, "a", null);
        exemptions.merge(changes(0, limit + 5, false), "a");
        assertThat(exemptions.all()).hasSize(limit);
        assertThat(exemptions.problem())
                .hasValue("6 networks that are exempt at other nodes are not exempt here: the"
                        + " limit of 10000 is reached; remove some, then restart the decoy");
        restart(NOW.plusSeconds(60));
        assertThat(exemptions.shared("a")).hasSize(limit).allMatch(shared -> shared.exemption() != null);

        // what another node removes makes room for what it exempts
        List<SharedExemption> next = new ArrayList<>(changes(limit, limit + 5, false));
        next.addAll(changes(0, 5, true));
        assertThat(isChangedBy(() -> exemptions.merge(next, "a"))).isTrue();
        assertThat(exemptions.all())
                .hasSize(limit)
                .extracting(RuntimeExemption::network)
                .contains(HOST, IpText.parseNetwork("10.0.39.20").hostNetwork());
        assertThat(exemptions.problem()).isEmpty();
    }

    @Test
    void marksAreBounded_andLongFileCanStillBeRead() throws IOException {
        Files.writeString(
                path, "# comment\n".repeat(NetworkListParser.MAX_LINES - RuntimeExemptionFile.MAX_EXEMPTIONS));
        restart(NOW);
        exemptions.share(() -> {});
        exemptions.merge(changes(0, 12_000, true), "a");
        exemptions.merge(changes(20_000, 32_000, false), "a");
        assertThat(exemptions.shared("a")).hasSize(ExemptionMarks.MAX);
        List<Object> before = effective(exemptions, "a");
        restart(NOW.plusSeconds(60));
        assertThat(effective(exemptions, "a")).isEqualTo(before);

        Files.writeString(path, "# removed: 192.0.2.0/24 2026-03-04T05:06:13Z c\n".repeat(130_000));
        assertThatThrownBy(exemptions::load).hasMessage("more than 100000 lines");
    }

    @Test
    void damagedFile_isReplacedByItsCopy_andReported() throws IOException {
        exemptions.addOrUpdate(NET, "our partner", null);
        Files.writeString(path, "");
        restart(NOW);
        assertThat(exemptions.all()).extracting(RuntimeExemption::network).containsExactly(NET);
        assertThat(exemptions.problem().orElseThrow())
                .contains("exemptions.txt.corrupt-", "was damaged and quarantined");

        exemptions.remove(NET);
        Files.writeString(path, "\0".repeat(100));
        Files.delete(Path.of(path + ".bak"));
        restart(NOW.plusSeconds(60));
        assertThat(exemptions.all()).isEmpty();
        assertThat(exemptions.problem()).isPresent();
    }

    @Test
    void fileWithoutAnyLine_isNotEmpty() throws IOException {
        Files.writeString(path, "192.0.2.0/24\n");
        restart(NOW);
        exemptions.remove(NET);
        restart(NOW);
        assertThat(path).isNotEmptyFile();
        assertThat(exemptions.problem()).isEmpty();
    }

    @Test
    void editedFile_isTheNextCopy() throws IOException {
        exemptions.addOrUpdate(NET, "", null);
        Files.writeString(path, "2001:db8::1\n");
        restart(NOW);
        Files.writeString(path, "");
        restart(NOW);
        assertThat(exemptions.all()).extracting(RuntimeExemption::network).containsExactly(HOST);
    }

    @Test
    void writeFailure_changesNothing_andIsRetried() throws IOException {
        exemptions.addOrUpdate(NET, "", null);
        Path obstacle = Files.createDirectory(dir.resolve("exemptions.txt.new"));
        Files.createFile(obstacle.resolve("x"));

        assertThatThrownBy(() -> exemptions.addOrUpdate(HOST, "", null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(path + " cannot be written: ")
                .hasMessageEndingWith("; nothing has changed");
        assertThatThrownBy(() -> exemptions.remove(NET)).isInstanceOf(IOException.class);
        assertThat(exemptions.all()).extracting(RuntimeExemption::network).containsExactly(NET);
        assertThat(publishedExemptions()).hasSize(1);
        assertThat(exemptions.problem().orElseThrow()).contains("cannot be written");
        exemptions.retryWrite();
        assertThat(exemptions.problem()).isPresent();

        Files.delete(obstacle.resolve("x"));
        Files.delete(obstacle);
        exemptions.retryWrite();
        assertThat(exemptions.problem()).isEmpty();
        restart(NOW);
        assertThat(exemptions.all()).extracting(RuntimeExemption::network).containsExactly(NET);
    }

    @Test
    void unreadableFile_throws() throws IOException {
        Files.createDirectory(path);
        assertThatThrownBy(exemptions::load).isInstanceOf(IOException.class);
    }

    @Test
    void exemptionsBeyondTheLimit_areRejected_butExistingOnesCanBeUpdated() throws IOException {
        Files.writeString(
                path,
                IntStream.range(0, RuntimeExemptionFile.MAX_EXEMPTIONS + 1)
                        .mapToObj(i -> "10.0." + (i >> 8) + "." + (i & 255) + "\n")
                        .collect(Collectors.joining()));
        restart(NOW);
        assertThat(exemptions.all()).hasSize(RuntimeExemptionFile.MAX_EXEMPTIONS);
        assertThat(exemptions.problem().orElseThrow())
                .contains("'10.0.39.16/32' exceeds the limit; at most 10000 are allowed");
        assertThatThrownBy(() -> exemptions.addOrUpdate(NET, "", null)).isInstanceOf(IllegalStateException.class);
        assertThat(exemptions
                        .addOrUpdate(IpText.parseNetwork("10.0.0.1").hostNetwork(), "new reason", null)
                        .created())
                .isFalse();
        exemptions.remove(IpText.parseNetwork("10.0.0.1").hostNetwork());
        assertThat(exemptions.addOrUpdate(NET, "", NOW.plusSeconds(1)).created())
                .isTrue();
        // after its end it is still in the file, from which no more can be read
        restart(NOW.plusSeconds(2));
        assertThat(exemptions.all()).hasSize(RuntimeExemptionFile.MAX_EXEMPTIONS - 1);
        IpPrefix other = IpText.parseNetwork("10.1.0.1").hostNetwork();
        assertThatThrownBy(() -> exemptions.addOrUpdate(other, "", null)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void concurrentExemptions_areAllStored() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(8);
        List<IpPrefix> networks = IntStream.range(0, 64)
                .mapToObj(i -> IpText.parseNetwork("198.51.100." + i))
                .toList();
        List<Future<RuntimeExemptions.UpdateResult>> results = executor.invokeAll(networks.stream()
                .map(network ->
                        (Callable<RuntimeExemptions.UpdateResult>) () -> exemptions.addOrUpdate(network, "x", null))
                .toList());
        executor.shutdown();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        for (Future<RuntimeExemptions.UpdateResult> result : results) {
            assertThat(result.get().created()).isTrue();
        }
        restart(NOW);
        assertThat(exemptions.all())
                .extracting(RuntimeExemption::network)
                .containsExactlyInAnyOrderElementsOf(networks);
        assertThat(publishedExemptions()).hasSize(64);
    }
}
