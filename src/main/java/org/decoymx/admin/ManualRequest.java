package org.decoymx.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.PolicySettings;
import org.decoymx.policy.Tier;
import org.decoymx.support.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code PUT} and {@code DELETE /senders/{ip}}: a JSON object of texts. All fields are optional.
 *
 * @param fields by name
 */
record ManualRequest(Map<String, String> fields) {
    private static final List<String> OF_PUT = List.of("tier", "until", "for", "reason");
    private static final List<String> OF_DELETE = List.of("reason");

    /** The fields of a form; blank ones are not given. */
    static ManualRequest of(String tier, String duration, String reason) {
        Map<String, String> fields = new HashMap<>(Map.of("tier", tier, "for", duration.strip(), "reason", reason));
        fields.values().removeIf(String::isBlank);
        return new ManualRequest(fields);
    }

    /**
     * Parses a body; a blank one has no fields.
     *
     * @throws IllegalArgumentException if it is not valid; the message says what is allowed
     */
    static ManualRequest parse(@Nullable String body, boolean put, ObjectMapper json) {
        List<String> allowed = put ? OF_PUT : OF_DELETE;
        Map<String, String> fields = new HashMap<>();
        if (body != null && !body.isBlank()) {
            for (Map.Entry<String, JsonNode> field : readObject(body, allowed, json)) {
                if (!allowed.contains(field.getKey())) {
                    throw new IllegalArgumentException("unknown field '" + PrintableText.escape(field.getKey())
                            + "'; allowed are " + String.join(", ", allowed));
                }
                if (!field.getValue().isTextual()) {
                    throw new IllegalArgumentException(field.getKey() + ": must be a string");
                }
                fields.put(field.getKey(), field.getValue().textValue());
            }
        }
        return new ManualRequest(fields);
    }

    private static Set<Map.Entry<String, JsonNode>> readObject(String body, List<String> allowed, ObjectMapper json) {
        try {
            JsonNode tree = json.readTree(body);
            if (tree != null && tree.isObject()) {
                return tree.properties();
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(notAnObject(allowed), e);
        }
        throw new IllegalArgumentException(notAnObject(allowed));
    }

    private static String notAnObject(List<String> allowed) {
        return "the body must be a JSON object; its fields are " + String.join(", ", allowed)
                + " (example: {\"reason\": \"sends to our spam traps\"})";
    }

    /**
     * The decision to list or clear a sender. By default it is confirmed. A listing has the usual {@code ttl}, and a
     * cleared sender is so for {@code max-ttl}.
     *
     * @throws IllegalArgumentException if a field is not valid; the message says what is allowed
     */
    ManualDecision toDecision(Instant now, PolicySettings settings) {
        Tier tier = parseTier(fields.getOrDefault("tier", "confirmed"));
        Instant end = EndTime.parse(fields.get("until"), fields.get("for"), now);
        Instant until = end != null ? end : now.plus(tier == Tier.CLEARED ? settings.maxTtl() : settings.ttl());
        return new ManualDecision(tier, now.getEpochSecond(), until.getEpochSecond(), reason());
    }

    private static Tier parseTier(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "suspect" -> Tier.SUSPECT;
            case "confirmed" -> Tier.CONFIRMED;
            case "cleared" -> Tier.CLEARED;
            default ->
                throw new IllegalArgumentException("tier: '" + PrintableText.escape(text)
                        + "' is not one of suspect, confirmed, cleared; to take a sender off the list, use DELETE");
        };
    }

    /**
     * The decision to forget a sender.
     *
     * @param reason of the query; null for the one in the body
     * @throws IllegalArgumentException if the reason is not valid, or there are two
     */
    ManualDecision toForgetting(Instant now, @Nullable String reason) {
        if (reason != null && fields.containsKey("reason")) {
            throw new IllegalArgumentException("reason: set it in the query or in the body, not in both");
        }
        return new ManualDecision(Tier.NONE, now.getEpochSecond(), 0, reason == null ? reason() : reason.strip());
    }

    private String reason() {
        return fields.getOrDefault("reason", "").strip();
    }
}
