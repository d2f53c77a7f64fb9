package org.decoymx.admin.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.decoymx.admin.notify.NotifyConfig.EventKind;

/**
 * What is told. All texts are escaped.
 *
 * @param id the same for all ways and attempts of delivery
 * @param state what is so now: one word
 * @param decoy the host name of the decoy
 * @param text one line for people
 * @param details what it is about, most important first
 * @param more how many further details there are
 * @param omitted how many notifications of this kind were left out before this one
 */
record Notification(
        String id,
        EventKind kind,
        String state,
        Instant at,
        String decoy,
        String text,
        List<?> details,
        int more,
        int omitted) {

    /** The name of the event. */
    String event() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** The same, with further notifications that were left out before it. */
    Notification afterOmitted(int count) {
        return new Notification(id, kind, state, at, decoy, text, details, more, omitted + count);
    }

    /** The line for people, with the number of what was left out. */
    String sentence() {
        return omitted == 0 ? text : text + " (" + omitted + " more before this were left out)";
    }

    /** The JSON object in UTF-8; the same octets for each attempt. */
    byte[] toJson(ObjectMapper json) {
        ObjectNode object = json.createObjectNode()
                .put("id", id)
                .put("event", event())
                .put("state", state)
                .put("at", at.truncatedTo(ChronoUnit.SECONDS).toString())
                .put("decoy", decoy)
                .put("text", sentence())
                .put("omitted", omitted)
                .put("more", more);
        object.set("details", json.valueToTree(details));
        return object.toString().getBytes(StandardCharsets.UTF_8);
    }
}
