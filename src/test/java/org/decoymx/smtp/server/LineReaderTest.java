package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.decoymx.smtp.protocol.Line;
import org.decoymx.smtp.protocol.Line.Flaw;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    private final LineReader reader = new LineReader();

    private void feed(String octets) {
        reader.feed(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void line_whole_isGivenWithoutCrlf() {
        feed("NOOP\r\n");
        assertThat(reader.next()).isEqualTo(Line.of("NOOP"));
        assertThat(reader.next()).isNull();
    }

    @Test
    void line_inPieces_isGivenWhenWhole() {
        feed("NO");
        assertThat(reader.next()).isNull();
        feed("OP\r");
        assertThat(reader.next()).isNull();
        feed("\n");
        assertThat(reader.next()).isEqualTo(Line.of("NOOP"));
    }

    @Test
    void lines_together_tellThatMoreHasArrived() {
        feed("A\r\nB\r\n");
        assertThat(reader.next()).isEqualTo(new Line("A", Flaw.NONE, true));
        assertThat(reader.next()).isEqualTo(new Line("B", Flaw.NONE, false));
    }

    @Test
    void line_of2048Octets_passesAndOneMoreIsTooLong() {
        feed("A".repeat(2_046) + "\r\n");
        assertThat(reader.next()).isEqualTo(Line.of("A".repeat(2_046)));
        feed("A".repeat(2_047) + "\r\n");
        assertThat(reader.next()).isEqualTo(new Line("", Flaw.TOO_LONG, false));
        feed("B\r\n");
        assertThat(reader.next()).isEqualTo(Line.of("B"));
    }

    @Test
    void strays_anywhere_areBareNewline() {
        for (String stray : new String[] {"\r", "\n", "\0", "\n\r", "\r\0\n"}) {
            for (String line : new String[] {stray + "AB", "A" + stray + "B", "AB" + stray}) {
                feed(line + "\r\n");
                assertThat(reader.next()).isEqualTo(new Line(line, Flaw.BARE_NEWLINE, false));
            }
        }
    }

    @Test
    void tlsRecord_first_isSeenAndLaterIsNot() {
        feed("\u0016\u0003");
        assertThat(reader.next()).isEqualTo(new Line("", Flaw.TLS_RECORD, false));
        feed("\u0016\u0003\r\n");
        assertThat(reader.next()).isEqualTo(Line.of("\u0016\u0003"));
    }

    @Test
    void tlsRecord_behindTheLimitOfALongFirstLine_isNone() {
        feed("A".repeat(LineReader.MAX_LINE));
        assertThat(reader.next()).isNull();
        feed("\u0016\u0003\r\n");
        assertThat(reader.next()).isEqualTo(new Line("", Flaw.TOO_LONG, false));
    }

    @Test
    void skip_arrivedAndToCome_isNoLine() {
        feed("BDAT 6\r\nab\r\n");
        assertThat(reader.next()).isNotNull();
        reader.skip(6);
        assertThat(reader.isSkipping()).isTrue();
        feed("\r\nNOOP\r\n");
        assertThat(reader.isSkipping()).isFalse();
        assertThat(reader.next()).isEqualTo(Line.of("NOOP"));
    }

    @Test
    void skip_moreThanAnInt_holdsNothing() {
        reader.skip(Long.MAX_VALUE);
        feed("A".repeat(100_000));
        assertThat(reader.buffered()).isZero();
        assertThat(reader.isSkipping()).isTrue();
    }

    @Test
    void clear_amidALine_forgetsIt() {
        feed("EVIL\r");
        assertThat(reader.next()).isNull();
        reader.clear();
        feed("\nNOOP\r\n");
        assertThat(reader.next()).isEqualTo(new Line("\nNOOP", Flaw.BARE_NEWLINE, false));
    }

    @Test
    void memory_afterMuchWithoutLineEnd_isGivenBack() {
        feed("A".repeat(65_535));
        assertThat(reader.next()).isNull();
        assertThat(reader.buffered()).isLessThan(LineReader.MAX_LINE);
        assertThat(reader.capacity()).isLessThanOrEqualTo(LineReader.MAX_LINE);
    }
}
