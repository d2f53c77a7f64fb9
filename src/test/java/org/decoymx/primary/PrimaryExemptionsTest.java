package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.junit.jupiter.api.Test;

class PrimaryExemptionsTest {
    private final ExemptNetworks exempt = new ExemptNetworks();
    private List<String> answer = List.of();
    private final PrimaryExemptions primaries = new PrimaryExemptions(
            Stream.of("192.0.2.1", "mx1.example.org:2525", "[2001:db8::1]:25")
                    .map(host -> PrimaryHost.parse(host).orElseThrow())
                    .toList(),
            Duration.ofSeconds(30),
            exempt,
            this::resolve);

    private InetAddress[] resolve(String name) throws UnknownHostException {
        assertThat(name).isEqualTo("mx1.example.org");
        if (answer.isEmpty()) {
            throw new UnknownHostException(name);
        }
        InetAddress[] addresses = new InetAddress[answer.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = InetAddress.getByName(answer.get(i));
        }
        return addresses;
    }

    private List<String> exemptNetworks() {
        return Objects.requireNonNull(exempt.sources().get("decoy.primary.hosts")).stream()
                .map(Exemption::network)
                .map(Object::toString)
                .toList();
    }

    @Test
    void addresses_areExemptBeforeAnyNameIsResolved() {
        primaries.publishLiterals();
        assertThat(exemptNetworks()).containsExactly("192.0.2.1", "2001:db8::/64");
        assertThat(primaries.resolveNames()).isFalse();
    }

    @Test
    void names_areResolvedAgain_andKeepTheirAddressesWhileDnsFails() {
        primaries.publishLiterals();
        answer = List.of("198.51.100.2", "198.51.100.1", "2001:db8:1::1");
        assertThat(primaries.resolveNames()).isTrue();
        assertThat(exemptNetworks())
                .containsExactlyInAnyOrder(
                        "192.0.2.1", "2001:db8::/64", "198.51.100.1", "198.51.100.2", "2001:db8:1::/64");
        answer = List.of("2001:db8:1::2", "198.51.100.1", "198.51.100.2");
        assertThat(primaries.resolveNames()).as("the same in another order").isFalse();
        answer = List.of();
        assertThat(primaries.resolveNames()).isFalse();
        assertThat(exemptNetworks()).hasSize(5);
        answer = List.of("198.51.100.9");
        assertThat(primaries.resolveNames()).isTrue();
        assertThat(exemptNetworks()).containsExactlyInAnyOrder("192.0.2.1", "2001:db8::/64", "198.51.100.9");
    }
}
