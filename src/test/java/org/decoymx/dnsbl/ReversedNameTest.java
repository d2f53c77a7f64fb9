package org.decoymx.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.decoymx.net.IpPrefix;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/** Reversed names as addresses and networks. */
class ReversedNameTest {
    private static final Name ZONE = Name.fromConstantString("bl.example.org.");

    private static ReversedName parse(String labels) {
        try {
            Name name = Name.fromString(labels, ZONE);
            return ReversedName.parse(name, name.labels() - ZONE.labels());
        } catch (TextParseException e) {
            throw new AssertionError(e);
        }
    }

    private static String nibbles(String hex) {
        return String.join(".", new StringBuilder(hex).reverse().toString().split("", -1))
                .replaceAll("^\\.|\\.$", "");
    }

    @Property
    void ipv4Name_ofAnyAddress_isParsed(@ForAll int bits) {
        String name = (bits & 255) + "." + (bits >>> 8 & 255) + "." + (bits >>> 16 & 255) + "." + (bits >>> 24);
        assertThat(parse(name).address()).contains(IpPrefix.ofBits(false, Integer.toUnsignedLong(bits)));
    }

    @Property
    void ipv6Name_ofAnyAddressInEitherCase_isParsed(@ForAll long high, @ForAll long low) {
        String name = nibbles("%016x%016x".formatted(high, low));
        IpPrefix expected = high == 0 && low >>> 32 == 0xffff
                ? IpPrefix.ofBits(false, low & 0xffffffffL)
                : new IpPrefix(high, low, 128);
        assertThat(parse(name)).isEqualTo(parse(name.toUpperCase(Locale.ROOT)));
        assertThat(parse(name).address()).contains(expected);
    }

    @Property
    void ipv6Name_withoutAllLabels_isItsNetwork(
            @ForAll long high, @ForAll long low, @ForAll @IntRange(min = 5, max = 31) int count) {
        String hex = "%016x%016x".formatted(high, low);
        assertThat(parse(nibbles(hex.substring(0, count))).networks()).contains(new IpPrefix(high, low, 4 * count));
        assertThat(parse(nibbles(hex.substring(0, count))).address()).isEmpty();
    }

    @Example
    void ambiguousName_isIpv4AddressAndIpv6Network() {
        assertThat(parse("1.0.0.2").address()).contains(IpPrefix.ofBits(false, 0x02000001L));
        assertThat(parse("1.0.0.2").networks())
                .containsExactly(IpPrefix.ofBits(true, 0x2001L << 48).around(16));
        assertThat(parse("0.2").networks())
                .containsExactly(
                        IpPrefix.ofBits(false, 0x02000000L).around(16),
                        IpPrefix.ofBits(true, 0x20L << 56).around(8));
    }

    @Example
    void prefixOfMappedAddresses_isAnIpv4Network() {
        String mapped = "00000000000000000000ffff";
        assertThat(parse(nibbles(mapped)).networks()).contains(IpPrefix.ALL_V4);
        assertThat(parse(nibbles(mapped.substring(0, 23))).networks()).contains(IpPrefix.ALL_V4);
        assertThat(parse(nibbles(mapped.substring(0, 20))).networks()).contains(IpPrefix.ALL_V4);
        assertThat(parse(nibbles(mapped + "c00002")).networks())
                .contains(IpPrefix.ofBits(false, 0xc0000200L).around(24));
        assertThat(parse(nibbles("00000000000000000001")).networks()).doesNotContain(IpPrefix.ALL_V4);
        assertThat(parse(nibbles("00000000000000000000fffe")).networks()).doesNotContain(IpPrefix.ALL_V4);
    }

    @Example
    void invalidName_isNeitherAddressNorNetwork() {
        for (String name : new String[] {
            "256.2.0.192",
            "01.2.0.192",
            "1.2.3.4.5",
            "x.2.0.192",
            "1.2.0.1920",
            "-1.2.0.192",
            "\\0461.2.0.192",
            "1\\.2.0.192",
            "g.0.0.2",
            "\\200.2.0.192",
            "*.2.0.192",
            "_.0.0.2"
        }) {
            assertThat(parse(name).address()).as(name).isEmpty();
        }
        assertThat(parse("x.2.0.192").networks()).isEmpty();
        assertThat(parse("256").networks()).isEmpty();
    }
}
