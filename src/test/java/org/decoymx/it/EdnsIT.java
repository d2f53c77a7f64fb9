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

/** Response sizes and EDNS (RFC 6891). */
class EdnsIT extends LongZoneDnsBase {
    private static final int TYPE_AND_CLASS_LENGTH = 4;

    @Test
    void response_neverExceedsAdvertisedOrFragmentationSafeSize() throws IOException {
        for (int payload : new int[] {0, 511, 512, 1_231, 1_232, 4_096, 65_535}) {
            for (byte[] options : List.of(new byte[0], option(65_001, new byte[1_000]), option(12, new byte[400]))) {
                byte[] answer = assertAnswered(
                        question(ID, LONGEST, DnsMessages.TXT, opt(payload, 0, options)), DnsMessages.NXDOMAIN);
                assertThat(answer.length).isLessThanOrEqualTo(Math.min(MAX_UDP, Math.max(MIN_UDP, payload)));
                assertThat(DnsMessages.isTruncated(answer)).isEqualTo(payload < 1_231);
            }
        }
    }

    /** RFC 2308 section 2.2.1 requires the SOA record, which does not fit here. */
    @Test
    void oversizedResponse_isTruncated_andCompleteOverTcp() throws IOException {
        byte[] message = question(ID, LONGEST, DnsMessages.A);
        assertThat(message).hasSize(DnsMessages.HEADER_LENGTH + 255 + TYPE_AND_CLASS_LENGTH);
        byte[] answer = assertAnswered(message, DnsMessages.NXDOMAIN);
        assertThat(answer).hasSizeLessThanOrEqualTo(MIN_UDP);
        assertThat(DnsMessages.isTruncated(answer)).isTrue();
        byte[] overTcp = client.queryTcp(message);
        assertThat(overTcp).hasSizeGreaterThan(MIN_UDP);
        assertThat(DnsMessages.isTruncated(overTcp)).isFalse();
        assertThat(dig(LONGEST, "A", "+noedns"))
                .contains("Truncated, retrying in TCP mode")
                .contains(" SOA " + SERVER);
    }

    @Test
    void unknownEdnsVersion_getsBadvers() throws IOException {
        byte[] answer = assertAnswered(question(ID, LISTED, DnsMessages.A, opt(4_096, 1, new byte[0])), 0);
        assertThat(answer[answer.length - 6]).as("upper bits of the RCODE").isOne();
        assertThat(answer[answer.length - 5]).as("version").isZero();
        assertThat(DnsMessages.answerCount(answer)).isZero();
        assertThat(dig(LISTED, "A", "+edns=1", "+noednsnegotiation")).contains("status: BADVERS");
    }

    @Test
    void twoOptRecords_getFormerr() throws IOException {
        byte[] two = DnsMessages.join(
                header(ID, 0, 1, 0, 0, 2),
                questionEntry(name(LISTED), DnsMessages.A, DnsMessages.IN),
                opt(4_096, 0, new byte[0]),
                opt(4_096, 0, new byte[0]));
        assertAnswered(two, DnsMessages.FORMERR);
    }

    /** RFC 6891 section 6.1.4: only the DO flag is copied to the response. */
    @Test
    void optionsAndUnknownFlags_areNotReturned() throws IOException {
        byte[] options = DnsMessages.join(option(10, new byte[8]), option(3, new byte[0]), option(15, shorts(1, 2)));
        byte[] opt = opt(4_096, 0, options);
        Arrays.fill(opt, 7, 9, (byte) 0xff);
        byte[] answer = assertAnswered(question(ID, LISTED, DnsMessages.A, opt), 0);
        assertThat(DnsMessages.additionalCount(answer)).isOne();
        assertThat(Arrays.copyOfRange(answer, answer.length - 4, answer.length)).isEqualTo(shorts(0x8000, 0));
        assertThat(dig(LISTED, "A", "+cookie")).contains("127.0.0.2").doesNotContain("COOKIE: ");
    }
}
