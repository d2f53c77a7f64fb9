package org.decoymx.smtp.server;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.decoymx.smtp.protocol.ConversationSettings;
import org.decoymx.smtp.protocol.Response.NextAction;

/** Any octets of a client, in any packets. The inputs are some that caused errors in this or another mail server. */
class ConversationFuzzTest {
    private static final ConversationSettings SETTINGS = DialogueFile.conversationSettings("sendmail", "example.org");
    private static final List<List<Integer>> PACKET_LENGTHS =
            List.of(List.of(1), List.of(7), List.of(2_048), List.of(1, 2_047, 3));

    @FuzzTest
    void octets_inAnyPackets_keepInvariants(byte[] input) {
        String octets = new String(input, StandardCharsets.ISO_8859_1);
        Transcript whole = Transcript.of(SETTINGS, List.of(octets));
        whole.assertProtocolInvariants(octets);
        for (List<Integer> lengths : PACKET_LENGTHS) {
            Transcript transcript = Transcript.of(SETTINGS, Transcript.split(octets, lengths));
            transcript.assertProtocolInvariants(octets);
            if (whole.responses().stream().noneMatch(response -> response.nextAction() == NextAction.START_TLS)) {
                transcript.assertSameAs(whole);
            }
        }
    }
}
