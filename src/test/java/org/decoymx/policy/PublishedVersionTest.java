package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PublishedVersionTest {
    private static final long STORED = 1_800_000_000;

    private final PublishedVersion version = new PublishedVersion();

    @Test
    void firstVersion_isTheTime() {
        assertThat(version.first(STORED)).isEqualTo(STORED);
        version.load(STORED);
        assertThat(version.first(STORED)).isEqualTo(STORED);
    }

    @Test
    void firstVersion_afterTheClockWasSetBack_isLaterThanAllOfTheEarlierRun() {
        version.load(STORED);
        assertThat(version.first(STORED - 1)).isEqualTo(STORED + 2 * PublishedVersion.STORE_INTERVAL);
    }

    @Test
    void latestVersion_isThatOfTheEarlierRun_beforeTheFirst() {
        assertThat(version.latest()).isZero();
        version.load(STORED);
        assertThat(version.latest()).isEqualTo(STORED);
        version.publish(STORED + 1);
        assertThat(version.latest()).isEqualTo(STORED + 1);
    }
}
