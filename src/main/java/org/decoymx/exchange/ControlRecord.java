package org.decoymx.exchange;

import java.time.Instant;
import java.util.regex.Pattern;
import org.decoymx.exemption.SharedExemption;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;

/** What a node tells all others on the control topic. Only that node writes its keys, so that nothing gets lost. */
sealed interface ControlRecord {

    /** The name of the node that wrote it. */
    String node();

    /** The key; the last record with it is kept. */
    String key();

    /**
     * A node takes its name, each time it starts. The last one to do so has it.
     *
     * @param incarnation a random number
     * @param envelopeKey the {@link org.decoymx.sighting.EnvelopeKey#id} of its key
     */
    record Claim(String node, long incarnation, ExchangeRole role, String envelopeKey) implements ControlRecord {
        static final String TYPE = "claim";

        @Override
        public String key() {
            return TYPE + "/" + node;
        }
    }

    /**
     * A node is there.
     *
     * @param incarnation as in its claim
     * @param sentAt by its own clock, in milliseconds since 1970
     * @param behind for so many milliseconds, reports of primaries to it may not be in the topic of witnesses
     */
    record Heartbeat(String node, long incarnation, long sentAt, long behind) implements ControlRecord {
        static final String TYPE = "heartbeat";

        @Override
        public String key() {
            return TYPE + "/" + node;
        }
    }

    /** Something was decided by hand at a node; {@link ManualDecision#who} is the node. Times are the brokers'. */
    record Decided(IpPrefix origin, ManualDecision decision) implements ControlRecord {
        static final String TYPE = "decision";

        @Override
        public String node() {
            return decision.who();
        }

        @Override
        public String key() {
            return TYPE + "/" + node() + "/" + origin;
        }
    }

    /** A network was exempted at run time at a node, or no longer is. Times are the brokers'. */
    record Exempted(SharedExemption exemption) implements ControlRecord {
        static final String TYPE = "exemption";

        @Override
        public String node() {
            return exemption.node();
        }

        @Override
        public String key() {
            return TYPE + "/" + node() + "/" + exemption.network().cidr();
        }
    }

    /** A node is gone for good, and what it wrote before does not count any more. Any node may write this. */
    record Dropped(String node) implements ControlRecord {
        static final String TYPE = "dropped";

        @Override
        public String key() {
            return TYPE + "/" + node;
        }
    }

    /** A record with a key is not needed any more. */
    record Deleted(String key) implements ControlRecord {
        private static final Pattern SLASH = Pattern.compile("/");

        @Override
        public String node() {
            return SLASH.split(key, 3)[1];
        }
    }

    /**
     * A record, and where and when it was written.
     *
     * @param offset later records have higher ones
     * @param writtenAt by the clock of the brokers
     */
    record ControlMessage(ControlRecord content, long offset, Instant writtenAt) {}
}
