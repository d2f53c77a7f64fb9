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
import org.decoymx.smtp.protocol.Trait;

/** Listing reasons as packed numbers and as return codes. */
class ReturnCodeTest {

    @Example
    void code_isTheMostSevereThatApplies() {
        assertThat(ReturnCode.of(new ListingReason(10, 1, 1, Set.of(Trait.NO_QUIT))))
                .isEqualTo(ReturnCode.CAUGHT);
        assertThat(ReturnCode.of(new ListingReason(10, 1, 1, Set.of(Trait.EARLY_TALKER))))
                .isEqualTo(ReturnCode.NOT_A_MAIL_SERVER);
        assertThat(ReturnCode.of(new ListingReason(10, 1, 1, Set.of(Trait.NOT_SMTP, Trait.NO_QUIT))))
                .isEqualTo(ReturnCode.NOT_A_MAIL_SERVER);
        assertThat(ReturnCode.of(new ListingReason(10, 2, 1, Set.of(Trait.NOT_SMTP))))
                .isEqualTo(ReturnCode.RELISTED);
        assertThat(ReturnCode.CAUGHT.address()).isEqualTo("127.0.0.2");
        assertThat(ReturnCode.NOT_A_MAIL_SERVER.address()).isEqualTo("127.0.0.3");
        assertThat(ReturnCode.RELISTED.address()).isEqualTo("127.0.0.4");
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
