package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.support.PrintableText;

/** Any octets in place of the query of a feed's URL, decoded as Vert.x does it. */
class FeedQueryFuzzTest {

    @FuzzTest
    void query_isAFilter_orAnErrorThatDoesNotRepeatIt(byte[] input) {
        MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
        decode(new String(input, StandardCharsets.ISO_8859_1))
                .forEach((name, values) -> values.forEach(value -> parameters.add(name, value)));
        parse(() -> {
            FeedFilter filter = FeedQuery.parseFilter(parameters, TierFilter.ALL);
            assertThat(filter.minPoints()).isBetween(0, FeedFilter.MAX_POINTS);
            assertThat(parameters.names())
                    .allMatch(name -> parameters.getAll(name).size() == 1);
        });
        parse(() -> {
            FeedQuery changes = FeedQuery.parseChanges(parameters);
            assertThat(changes.since("").map(String::valueOf))
                    .isEqualTo(Optional.ofNullable(parameters.get("since"))
                            .map(text -> text.contains("-") ? "-1" : text.replaceFirst("^0+(?=.)", "")));
            FeedFilter filter = changes.changesFilter();
            MultiMap again = MultiMap.caseInsensitiveMultiMap();
            decode(filter.plainFeedUrl().replaceFirst("[^?]*.", "")).forEach(again::add);
            assertThat(FeedQuery.parseFilter(again, TierFilter.ALL)).isEqualTo(filter);
        });
    }

    private static void parse(Runnable parser) {
        try {
            parser.run();
        } catch (IllegalArgumentException e) {
            assertThat(String.valueOf(e.getMessage()))
                    .matches(PrintableText::isPrintable)
                    .hasSizeLessThan(200);
        }
    }

    private static Map<String, List<String>> decode(String query) {
        try {
            return new QueryStringDecoder("/?" + query).parameters();
        } catch (IllegalArgumentException e) {
            return new HashMap<>(); // Vert.x answers 400
        }
    }
}
