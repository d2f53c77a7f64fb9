package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.decoymx.smtp.protocol.CommandLine;
import org.decoymx.smtp.protocol.CommandLine.LineError;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    private final LineReader reader = new LineReader();

    private void feed(String octets) {
        reader.feed(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void line_complete_isReturnedWithoutCrlf() {
        feed("NOOP\r\n");
        assertThat(reader.nextLine()).isEqualTo(CommandLine.of("NOOP"));
        assertThat(reader.nextLine()).isNull();
    }

    @Test
    void line_inSeveralPackets_isReturnedWhenComplete() {
        feed("NO");
        assertThat(reader.nextLine()).isNull();
        feed("OP\r");
        assertThat(reader.nextLine()).isNull();
        feed("\n");
        assertThat(reader.nextLine()).isEqualTo(CommandLine.of("NOOP"));
    }

    @Test
    void lines_inOnePacket_haveMoreInputBuffered() {
        feed("A\r\nB\r\n");
        assertThat(reader.nextLine()).isEqualTo(new CommandLine("A", LineError.NONE, true));
        assertThat(reader.nextLine()).isEqualTo(new CommandLine("B", LineError.NONE, false));
    }

    @Test
    void line_longerThan2048Octets_isTooLong() {
        feed("A".repeat(2_046) + "\r\n");
        assertThat(reader.nextLine()).isEqualTo(CommandLine.of("A".repeat(2_046)));
        feed("A".repeat(2_047) + "\r\n");
        assertThat(reader.nextLine()).isEqualTo(new CommandLine("", LineError.TOO_LONG, false));
        feed("B\r\n");
        assertThat(reader.nextLine()).isEqualTo(CommandLine.of("B"));
    }

    @Test
    void lineBreakCharacters_withoutCrlf_areBareNewline() {
        for (String character : new String[] {"\r", "\n", "\0", "\n\r", "\r\0\n"}) {
            for (String line : new String[] {character + "AB", "A" + character + "B", "AB" + character}) {
                feed(line + "\r\n");
                assertThat(reader.nextLine()).isEqualTo(new CommandLine(line, LineError.BARE_NEWLINE, false));
            }
        }
    }

    @Test
    void tlsRecord_atStartOnly_isDetected() {
        feed("\u0016\u0003");
        assertThat(reader.nextLine()).isEqualTo(new CommandLine("", LineError.TLS_RECORD, false));
        feed("\u0016\u0003\r\n");
        assertThat(reader.nextLine()).isEqualTo(CommandLine.of("\u0016\u0003"));
    }

    @Test
    void tlsRecord_inTooLongFirstLine_isNotDetected() {
        feed("A".repeat(LineReader.MAX_LINE));
        assertThat(reader.nextLine()).isNull();
        feed("\u0016\u0003\r\n");
        assertThat(reader.nextLine()).isEqualTo(new CommandLine("", LineError.TOO_LONG, false));
    }

    @Test
    void skip_bufferedAndFutureOctets_areNotLines() {
        feed("BDAT 6\r\nab\r\n");
        assertThat(reader.nextLine()).isNotNull();
        reader.skip(6);
        assertThat(reader.isSkipping()).isTrue();
        feed("\r\nNOOP\r\n");
        assertThat(reader.isSkipping()).isFalse();
        assertThat(reader.nextLine()).isEqualTo(CommandLine.of("NOOP"));
    }

    @Test
    void skip_moreThanMaxInt_buffersNothing() {
        reader.skip(Long.MAX_VALUE);
        feed("A".repeat(100_000));
        assertThat(reader.bufferedOctets()).isZero();
        assertThat(reader.isSkipping()).isTrue();
    }

    @Test
    void clear_withIncompleteLine_dropsIt() {
        feed("EVIL\r");
        assertThat(reader.nextLine()).isNull();
        reader.clear();
        feed("\nNOOP\r\n");
        assertThat(reader.nextLine()).isEqualTo(new CommandLine("\nNOOP", LineError.BARE_NEWLINE, false));
    }

    @Test
    void buffer_afterLongInputWithoutLineEnd_isShrunk() {
        feed("A".repeat(65_535));
        assertThat(reader.nextLine()).isNull();
        assertThat(reader.bufferedOctets()).isLessThan(LineReader.MAX_LINE);
        assertThat(reader.capacity()).isLessThanOrEqualTo(LineReader.MAX_LINE);
    }
}
