package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.Tier;
import org.decoymx.smtp.protocol.Trait;

/** Listing reasons as packed numbers and as return codes. */
class ReturnCodeTest {

    @Example
    void code_isThatOfTheTier_andOfProtocolAbuse() {
        assertThat(code(Tier.SUSPECT, Trait.NO_QUIT)).isEqualTo("127.0.0.2");
        // a third party can make a good host speak HTTP or TLS to port 25
        assertThat(code(Tier.SUSPECT, Trait.NOT_SMTP)).isEqualTo("127.0.0.2");
        assertThat(code(Tier.SUSPECT, Trait.EARLY_TALKER)).isEqualTo("127.0.0.3");
        assertThat(code(Tier.SUSPECT, Trait.PIPELINED_UNASKED)).isEqualTo("127.0.0.3");
        assertThat(code(Tier.SUSPECT, Trait.BARE_NEWLINE)).isEqualTo("127.0.0.3");
        assertThat(code(Tier.CONFIRMED, Trait.EARLY_TALKER)).isEqualTo("127.0.0.4");
        assertThat(code(Tier.CONFIRMED, Trait.NO_QUIT)).isEqualTo("127.0.0.4");
    }

    private static String code(Tier tier, Trait trait) {
        return ReturnCode.of(tier, new ListingReason(10, 2, 1, Set.of(trait))).address();
    }

    @Property
    void reason_packedAndUnpacked_isTheSame(
            @ForAll @DoubleRange(max = 100_000) double points,
            @ForAll @IntRange(max = 255) int offences,
            @ForAll @LongRange(max = 65_535) long conversations,
            @ForAll Set<Trait> traits) {
        ListingReason reason =
                PackedReason.unpack(PackedReason.pack(new ListingReason(points, offences, conversations, traits)));

        assertThat(reason)
                .isEqualTo(new ListingReason(Math.round(points * 10) / 10.0, offences, conversations, traits));
    }

    @Example
    void reason_withTooLargeValues_isClamped() {
        ListingReason reason = PackedReason.unpack(
                PackedReason.pack(new ListingReason(1e9, 1_000, 1_000_000, EnumSet.allOf(Trait.class))));

        assertThat(reason).isEqualTo(new ListingReason(104_857.5, 255, 65_535, EnumSet.allOf(Trait.class)));
    }

    @Example
    void merge_ofTwoReasons_hasLowerValues_andCommonTraits() {
        long one = PackedReason.pack(new ListingReason(12, 3, 65_000, Set.of(Trait.NO_QUIT, Trait.EARLY_TALKER)));
        long other = PackedReason.pack(new ListingReason(15, 1, 600, Set.of(Trait.NO_QUIT, Trait.FLOOD)));

        assertThat(PackedReason.unpack(PackedReason.merge(one, other)))
                .isEqualTo(new ListingReason(12, 1, 65_535, Set.of(Trait.NO_QUIT)));
    }
}
