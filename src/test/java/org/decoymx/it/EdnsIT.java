package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.it.DnsMessages.header;
import static org.decoymx.it.DnsMessages.name;
import static org.decoymx.it.DnsMessages.opt;
import static org.decoymx.it.DnsMessages.option;
import static org.decoymx.it.DnsMessages.question;
import static org.decoymx.it.DnsMessages.questionEntry;
import static org.decoymx.it.DnsMessages.shorts;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long an answer may be, and what EDNS says of it (RFC 6891). */
class EdnsIT extends LongZoneDnsBase {
    private static final int QUESTION = 4;

    @Test
    void sizeThatTheAskerTakes_isNeverExceeded_norWhatPassesEveryNetwork() throws IOException {
        for (int payload : new int[] {0, 511, 512, 1_231, 1_232, 4_096, 65_535}) {
            for (byte[] options : List.of(new byte[0], option(65_001, new byte[1_000]), option(12, new byte[400]))) {
                byte[] answer = assertAnswered(
                        question(ID, LONGEST, DnsMessages.TXT, opt(payload, 0, options)), DnsMessages.NXDOMAIN);
                assertThat(answer.length).isLessThanOrEqualTo(Math.min(MAX_UDP, Math.max(MIN_UDP, payload)));
                assertThat(DnsMessages.isTruncated(answer)).isEqualTo(payload < 1_231);
            }
        }
    }

    /** RFC 2308 section 2.2.1 wants the SOA record, that has no room here. */
    @Test
    void answerThatDoesNotFit_isCut_andWholeOverTcp() throws IOException {
        byte[] message = question(ID, LONGEST, DnsMessages.A);
        assertThat(message).hasSize(DnsMessages.HEADER_LENGTH + 255 + QUESTION);
        byte[] answer = assertAnswered(message, DnsMessages.NXDOMAIN);
        assertThat(answer).hasSizeLessThanOrEqualTo(MIN_UDP);
        assertThat(DnsMessages.isTruncated(answer)).isTrue();
        byte[] whole = client.queryTcp(message);
        assertThat(whole).hasSizeGreaterThan(MIN_UDP);
        assertThat(DnsMessages.isTruncated(whole)).isFalse();
        assertThat(dig(LONGEST, "A", "+noedns"))
                .contains("Truncated, retrying in TCP mode")
                .contains(" SOA " + SERVER);
    }

    @Test
    void otherVersionOfEdns_isBad() throws IOException {
        byte[] answer = assertAnswered(question(ID, LISTED, DnsMessages.A, opt(4_096, 1, new byte[0])), 0);
        assertThat(answer[answer.length - 6]).as("upper bits of the code").isOne();
        assertThat(answer[answer.length - 5]).as("version").isZero();
        assertThat(DnsMessages.answerCount(answer)).isZero();
        assertThat(dig(LISTED, "A", "+edns=1", "+noednsnegotiation")).contains("status: BADVERS");
    }

    @Test
    void twoOptRecords_areAFormatError() throws IOException {
        byte[] two = DnsMessages.join(
                header(ID, 0, 1, 0, 0, 2),
                questionEntry(name(LISTED), DnsMessages.A, DnsMessages.IN),
                opt(4_096, 0, new byte[0]),
                opt(4_096, 0, new byte[0]));
        assertAnswered(two, DnsMessages.FORMERR);
    }

    /** RFC 6891 section 6.1.4: of the flags DO alone comes back. */
    @Test
    void optionsAndUnknownFlags_areNotSentBack() throws IOException {
        byte[] options = DnsMessages.join(option(10, new byte[8]), option(3, new byte[0]), option(15, shorts(1, 2)));
        byte[] opt = opt(4_096, 0, options);
        Arrays.fill(opt, 7, 9, (byte) 0xff);
        byte[] answer = assertAnswered(question(ID, LISTED, DnsMessages.A, opt), 0);
        assertThat(DnsMessages.additionalCount(answer)).isOne();
        assertThat(Arrays.copyOfRange(answer, answer.length - 4, answer.length)).isEqualTo(shorts(0x8000, 0));
        assertThat(dig(LISTED, "A", "+cookie")).contains("127.0.0.2").doesNotContain("COOKIE: ");
    }
}
