package org.decoymx.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.dnsbl.ResponseRateLimiter.RateLimitDecision.ANSWER;
import static org.decoymx.dnsbl.ResponseRateLimiter.RateLimitDecision.DROP;
import static org.decoymx.dnsbl.ResponseRateLimiter.RateLimitDecision.TRUNCATE;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.decoymx.dnsbl.ResponseRateLimiter.RateLimitDecision;
import org.junit.jupiter.api.Test;

/** The limit of responses a second to a network. */
class ResponseRateLimiterTest {
    private final ResponseRateLimiter limiter = new ResponseRateLimiter(3, 1);

    private static InetAddress client(String address) {
        return NetUtil.createInetAddressFromIpAddressString(address);
    }

    private List<RateLimitDecision> decisions(String address, long second, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> limiter.decide(client(address), second))
                .toList();
    }

    @Test
    void queries_aboveTheLimit_areTruncatedAndDroppedInTurn_untilTheNextSecond() {
        assertThat(decisions("192.0.2.1", 1, 8))
                .containsExactly(ANSWER, ANSWER, ANSWER, TRUNCATE, DROP, TRUNCATE, DROP, TRUNCATE);
        assertThat(decisions("192.0.2.1", 2, 4)).containsExactly(ANSWER, ANSWER, ANSWER, TRUNCATE);
    }

    @Test
    void addressesOfANetwork_shareALimit_andOtherNetworksHaveTheirOwn() {
        decisions("192.0.2.1", 1, 3);
        assertThat(decisions("192.0.2.254", 1, 1)).containsExactly(TRUNCATE);
        assertThat(decisions("192.0.3.1", 1, 1)).containsExactly(ANSWER);
        decisions("2001:db8:0:1::1", 1, 3);
        assertThat(decisions("2001:db8:0:ff::9", 1, 1)).containsExactly(TRUNCATE);
        assertThat(decisions("2001:db8:0:100::1", 1, 1)).containsExactly(ANSWER);
    }

    @Test
    void queries_withoutALimit_areAllAnswered() {
        ResponseRateLimiter unlimited = new ResponseRateLimiter(0, 1);
        assertThat(IntStream.range(0, 10_000).mapToObj(i -> unlimited.decide(client("192.0.2.1"), 1)))
                .containsOnly(ANSWER);
    }
}
