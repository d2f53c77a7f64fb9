package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.smtp.server.ProxyHeaderParser.HeaderResult;
import org.decoymx.smtp.server.ProxyHeaderParser.HeaderResult.CompleteHeader;
import org.decoymx.smtp.server.ProxyHeaderParser.HeaderResult.IncompleteHeader;

/** Any octets in place of a PROXY protocol header. */
class ProxyHeaderFuzzTest {
    private static final int V2_HEADER = 16;

    @FuzzTest
    void header_inAnyPackets_isTheSame(byte[] input) throws UnknownHostException {
        HeaderResult whole = feed(input, input.length);
        for (int piece : new int[] {1, Math.max(1, input.length / 2)}) {
            HeaderResult result = feed(input, piece);
            assertThat(result.getClass()).isEqualTo(whole.getClass());
            if (result instanceof CompleteHeader header && whole instanceof CompleteHeader expected) {
                assertThat(header).isEqualTo(expected);
            }
        }
        if (whole instanceof CompleteHeader header) {
            byte[] rest = header.remainingInput().getBytes();
            assertThat(input).endsWith(rest);
            byte[] octets = Arrays.copyOf(input, input.length - rest.length);
            assertThat(octets.length).isLessThanOrEqualTo(4_328);
            assertThat(Optional.ofNullable(header.clientAddress())).isEqualTo(expectedAddress(octets));
        }
    }

    /** Feeds packets of a length until the header is complete or invalid. What remains has the later ones too. */
    private static HeaderResult feed(byte[] input, int piece) {
        ProxyHeaderParser parser = new ProxyHeaderParser();
        HeaderResult result = new IncompleteHeader();
        int end = 0;
        while (result instanceof IncompleteHeader && end < input.length) {
            int start = end;
            end = Math.min(input.length, start + piece);
            result = parser.feed(Arrays.copyOfRange(input, start, end));
        }
        parser.close();
        return result instanceof CompleteHeader header
                ? new CompleteHeader(
                        header.clientAddress(),
                        header.remainingInput().copy().appendBytes(Arrays.copyOfRange(input, end, input.length)))
                : result;
    }

    /** The address in a valid header. */
    private static Optional<InetAddress> expectedAddress(byte[] header) throws UnknownHostException {
        if (header[0] == 'P') {
            String[] words = new String(header, StandardCharsets.US_ASCII).split(" ", -1);
            return words[1].startsWith("UNKNOWN")
                    ? Optional.empty()
                    : IpText.parseAddress(words[2]).map(IpPrefix::toInetAddress);
        }
        boolean proxied = (header[12] & 0xf) == 1;
        ByteBuffer addresses = ByteBuffer.wrap(header, V2_HEADER, header.length - V2_HEADER);
        byte[] source =
                switch (proxied ? header[13] >> 4 : 0) {
                    case 1 -> new byte[4];
                    case 2 -> new byte[16];
                    default -> new byte[0];
                };
        addresses.get(source);
        return source.length == 0 ? Optional.empty() : Optional.of(InetAddress.getByAddress(source));
    }
}
