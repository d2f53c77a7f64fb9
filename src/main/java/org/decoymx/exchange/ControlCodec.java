package org.decoymx.exchange;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Tier;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the records of the control topic. A key is text, {@code TYPE/NODE} or {@code TYPE/NODE/ABOUT}; a
 * value is a {@link CborArray}, or nothing for what is deleted.
 */
final class ControlCodec {
    private static final Pattern KEY =
            Pattern.compile("([a-z]{1,20})/([A-Za-z0-9._-]{1,64})(?:/([\\x21-\\x7e]{1,60}))?");
    private static final int MAX_KEY = 150;
    private static final int KEY_ID_CHARS = 16;

    /** How far the times of a node may be ahead of the clock of the brokers. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

    private static final Duration MAX_LISTING = Duration.ofDays(3_650);

    private static final Duration MAX_BEHIND = Duration.ofDays(36_500);

    private ControlCodec() {}

    static byte[] key(ControlRecord content) {
        return content.key().getBytes(StandardCharsets.US_ASCII);
    }

    /** The value of a record; null if it deletes what has the key. */
    static byte @Nullable [] value(ControlRecord content) {
        if (content instanceof ControlRecord.Claim claim) {
            return CborArray.write(3, out -> {
                out.writeNumber(claim.incarnation());
                out.writeString(claim.role().name());
                out.writeString(claim.envelopeKey());
            });
        }
        if (content instanceof ControlRecord.Heartbeat heartbeat) {
            return CborArray.write(3, out -> {
                out.writeNumber(heartbeat.incarnation());
                out.writeNumber(heartbeat.sentAt());
                out.writeNumber(heartbeat.behind());
            });
        }
        if (content instanceof ControlRecord.Decided decided) {
            ManualDecision decision = decided.decision();
            return CborArray.write(4, out -> {
                out.writeString(decision.tier().name());
                out.writeNumber(decision.at());
                out.writeNumber(decision.until());
                out.writeString(decision.reason());
            });
        }
        if (content instanceof ControlRecord.Dropped) {
            return CborArray.write(0, out -> {});
        }
        return content instanceof ControlRecord.Exempted exempted ? ExemptionCodec.value(exempted.exemption()) : null;
    }

    /**
     * Reads a record.
     *
     * @param timestamp when the brokers received it, in milliseconds since 1970
     * @return empty if a later version of the decoy has written it
     * @throws PoisonException if no node writes such a record
     */
    static Optional<ControlRecord> decode(byte @Nullable [] key, byte @Nullable [] value, long timestamp)
            throws PoisonException {
        if (key == null || key.length > MAX_KEY) {
            throw new PoisonException("key: must have 1 to " + MAX_KEY + " octets");
        }
        Matcher parts = KEY.matcher(new String(key, StandardCharsets.ISO_8859_1));
        if (!parts.matches()) {
            throw new PoisonException("key: must be TYPE/NODE or TYPE/NODE/ABOUT");
        }
        if (value == null) {
            return Optional.of(new ControlRecord.Deleted(parts.group()));
        }
        String node = parts.group(2);
        String about = parts.group(3);
        return switch (parts.group(1)) {
            case ControlRecord.Claim.TYPE -> Optional.of(CborArray.read(value, in -> readClaim(node, in)));
            case ControlRecord.Heartbeat.TYPE -> Optional.of(CborArray.read(value, in -> readHeartbeat(node, in)));
            case ControlRecord.Decided.TYPE ->
                Optional.of(CborArray.read(
                        value, in -> readDecision(node, origin(about), in, Math.floorDiv(timestamp, 1_000))));
            case ControlRecord.Exempted.TYPE ->
                Optional.of(new ControlRecord.Exempted(
                        ExemptionCodec.decode(node, about, value, Math.floorDiv(timestamp, 1_000))));
            case ControlRecord.Dropped.TYPE ->
                Optional.of(CborArray.read(value, in -> new ControlRecord.Dropped(node)));
            default -> Optional.empty();
        };
    }

    private static ControlRecord readClaim(String node, CborArray in) throws IOException, PoisonException {
        return new ControlRecord.Claim(
                node,
                in.number("incarnation", Long.MIN_VALUE, Long.MAX_VALUE),
                in.constant("role", ExchangeRole.class),
                in.ascii("envelopeKey", KEY_ID_CHARS));
    }

    private static ControlRecord readHeartbeat(String node, CborArray in) throws IOException, PoisonException {
        return new ControlRecord.Heartbeat(
                node,
                in.number("incarnation", Long.MIN_VALUE, Long.MAX_VALUE),
                in.number("sentAt", Long.MIN_VALUE, Long.MAX_VALUE),
                in.laterNumber("behind", 0, MAX_BEHIND.toMillis()));
    }

    private static ControlRecord readDecision(String node, IpPrefix origin, CborArray in, long received)
            throws IOException, PoisonException {
        return new ControlRecord.Decided(
                origin,
                new ManualDecision(
                        in.constant("tier", Tier.class),
                        in.number("at", 0, received + CLOCK_TOLERANCE.toSeconds()),
                        in.number("until", 0, received + MAX_LISTING.toSeconds()),
                        in.text("reason", ManualDecision.MAX_REASON),
                        node));
    }

    private static IpPrefix origin(@Nullable String text) throws PoisonException {
        return Optional.ofNullable(text)
                .flatMap(IpText::parsePrintedHostNetwork)
                .filter(origin -> origin.toString().equals(text))
                .orElseThrow(() -> new PoisonException("key: must end with an address or an IPv6 /64"));
    }
}
