package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.decoymx.support.ParseErrors.ParseError;
import org.junit.jupiter.api.Test;

class ParseErrorsTest {
    private final ParseErrors errors = new ParseErrors();

    private void add(int count) {
        IntStream.rangeClosed(1, count).forEach(line -> errors.add(line, "not valid"));
    }

    @Test
    void none_haveNoTexts() {
        assertThat(errors.count()).isZero();
        assertThat(errors.first()).isEmpty();
        assertThat(errors.toLogLines("list")).isEmpty();
        assertThat(errors.summary("list")).isEmpty();
    }

    @Test
    void upToTen_areAllReported() {
        errors.add(7, "not valid");
        assertThat(errors.summary("list")).contains("list:7: not valid");
        add(9);
        assertThat(errors.first()).hasSize(10).startsWith(new ParseError(7, "not valid"));
        assertThat(errors.toLogLines("list")).hasSize(10).startsWith("list:7: not valid");
        assertThat(errors.summary("list")).contains("list:7: not valid; and 9 more");
    }

    @Test
    void moreThanTen_areCounted() {
        add(25);
        assertThat(errors.count()).isEqualTo(25);
        assertThat(errors.first())
                .extracting(ParseError::line)
                .isEqualTo(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L));
        assertThat(errors.toLogLines("list")).hasSize(11).endsWith("list: 15 more invalid lines");
        assertThat(errors.summary("list")).contains("list:1: not valid; and 24 more");
    }
}
