package org.decoymx.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.dnsbl.AnswerRate.Turn.ANSWER;
import static org.decoymx.dnsbl.AnswerRate.Turn.CUT;
import static org.decoymx.dnsbl.AnswerRate.Turn.DROP;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.decoymx.dnsbl.AnswerRate.Turn;
import org.junit.jupiter.api.Test;

/** So many answers a second to a network, and no more. */
class AnswerRateTest {
    private final AnswerRate rate = new AnswerRate(3, 1);

    private static InetAddress client(String address) {
        return NetUtil.createInetAddressFromIpAddressString(address);
    }

    private List<Turn> turns(String address, long second, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> rate.next(client(address), second))
                .toList();
    }

    @Test
    void beyondTheLimit_everySecondIsCut_andOthersAreDropped_untilTheNextSecond() {
        assertThat(turns("192.0.2.1", 1, 8)).containsExactly(ANSWER, ANSWER, ANSWER, CUT, DROP, CUT, DROP, CUT);
        assertThat(turns("192.0.2.1", 2, 4)).containsExactly(ANSWER, ANSWER, ANSWER, CUT);
    }

    @Test
    void networkHasOneLimit_andOthersTheirs() {
        turns("192.0.2.1", 1, 3);
        assertThat(turns("192.0.2.254", 1, 1)).containsExactly(CUT);
        assertThat(turns("192.0.3.1", 1, 1)).containsExactly(ANSWER);
        turns("2001:db8:0:1::1", 1, 3);
        assertThat(turns("2001:db8:0:ff::9", 1, 1)).containsExactly(CUT);
        assertThat(turns("2001:db8:0:100::1", 1, 1)).containsExactly(ANSWER);
    }

    @Test
    void withoutALimit_allAreAnswered() {
        AnswerRate none = new AnswerRate(0, 1);
        assertThat(IntStream.range(0, 10_000).mapToObj(i -> none.next(client("192.0.2.1"), 1)))
                .containsOnly(ANSWER);
    }
}
