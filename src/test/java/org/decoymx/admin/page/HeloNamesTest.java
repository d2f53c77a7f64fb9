package org.decoymx.admin.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.decoymx.admin.page.Overview.CountRow;
import org.junit.jupiter.api.Test;

class HeloNamesTest {
    private final HeloNames names = new HeloNames();

    @Test
    void frequentNames_comeFirst() {
        names.add("a.example.net");
        names.add("localhost");
        names.add("localhost");
        assertThat(names.frequent()).containsExactly(new CountRow("localhost", 2), new CountRow("a.example.net", 1));
    }

    @Test
    void randomNames_doNotHideAFrequentOne() {
        for (int i = 0; i < 20 * HeloNames.MAX_NAMES; i++) {
            names.add("random" + i);
            if (i % 5 == 0) {
                names.add("bot.example.net");
            }
        }
        assertThat(names.frequent().get(0).name()).isEqualTo("bot.example.net");
    }
}
