package org.decoymx.admin.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private static String print(String json) throws JsonProcessingException {
        return JsonText.print(new ObjectMapper().readTree(json));
    }

    @Test
    void fields_areAligned_listsAndTablesBelow() throws JsonProcessingException {
        assertThat(print("""
                        {"origin":"192.0.2.1","firstSeen":null,"reasons":["One.","Two."],"none":[],
                         "senders":[{"address":"192.0.2.1","until":5,"why":{"seenLast7Days":1,"x":["a","b"]}},
                          {"address":"::1","since":true}],
                         "counts":{"EARLY_TALKER":2,"points":1.5}}""")).isEqualTo("""
                        origin      192.0.2.1
                        first seen  -
                        reasons
                          One.
                          Two.
                        none        -
                        senders
                          ADDRESS    UNTIL  WHY                         SINCE
                          192.0.2.1  5      seen last 7 days 1, x a, b  -
                          ::1        -      -                           true
                        counts
                          EARLY_TALKER  2
                          points        1.5
                        """);
    }

    @Test
    void hostileText_isVisible_andOfOneLine() throws JsonProcessingException {
        String printed = print("""
                {"helo":"\\u001b[31mred\\r\\nok: yes\\u202e\\u009b2J",
                 "a\\u001bb":["${jndi:x}\\n<b>"],"list":[{"x":"\\u0007"}]}""");
        assertThat(printed)
                .contains(
                        "\\u001b[31mred\\u000d\\u000aok: yes\\u202e\\u009b2J",
                        "${jndi:x}\\u000a<b>",
                        "a\\u001bb",
                        "\\u0007");
        assertThat(printed.replace("\n", "")).matches("[ -~]*");
        assertThat(printed.lines()).hasSize(6);
    }
}
