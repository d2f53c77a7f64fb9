package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.PrimaryReports;
import org.junit.jupiter.api.Test;

class PrimaryExemptionsTest {
    private final ExemptNetworks exempt = new ExemptNetworks();
    private List<String> answer = List.of();
    private final PrimaryMonitor monitor = PrimaryMonitorTest.newMonitor(
            hosts("192.0.2.1", "mx1.example.org:2525", "[2001:db8::1]:25"), Duration.ZERO, Instant.EPOCH);
    private final PrimaryExemptions primaries =
            new PrimaryExemptions(monitor, exempt, new PrimaryReports(), this::resolve);

    private static List<PrimaryHost> hosts(String... hosts) {
        return Stream.of(hosts)
                .map(host -> PrimaryHost.parse(host).orElseThrow())
                .toList();
    }

    private List<InetAddress> resolve(String name) throws UnknownHostException {
        assertThat(name).isEqualTo("mx1.example.org");
        if (answer.isEmpty()) {
            throw new UnknownHostException(name);
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (String address : answer) {
            addresses.add(InetAddress.getByName(address));
        }
        return addresses;
    }

    /** Returns whether the exemptions have changed. */
    private boolean resolveNames() {
        AtomicBoolean changed = new AtomicBoolean();
        exempt.onChange(() -> changed.set(true));
        primaries.resolveNames();
        return changed.get();
    }

    private List<String> exemptNetworks() {
        return exempt.sources().getOrDefault("decoy.primary.hosts", List.of()).stream()
                .map(Exemption::network)
                .map(Object::toString)
                .toList();
    }

    @Test
    void addresses_areExemptBeforeAnyNameIsResolved() {
        primaries.publishLiterals();
        assertThat(exemptNetworks()).containsExactly("192.0.2.1", "2001:db8::/64");
        assertThat(resolveNames()).isFalse();
    }

    @Test
    void names_areResolvedAgain_andKeepTheirAddressesWhileDnsFails() {
        primaries.publishLiterals();
        answer = List.of("198.51.100.2", "198.51.100.1", "2001:db8:1::1");
        assertThat(resolveNames()).isTrue();
        assertThat(exemptNetworks())
                .containsExactlyInAnyOrder(
                        "192.0.2.1", "2001:db8::/64", "198.51.100.1", "198.51.100.2", "2001:db8:1::/64");
        answer = List.of("2001:db8:1::2", "198.51.100.1", "198.51.100.2");
        assertThat(resolveNames()).as("the same in another order").isFalse();
        answer = List.of();
        assertThat(resolveNames()).isFalse();
        assertThat(exemptNetworks()).hasSize(5);
        answer = List.of("198.51.100.9");
        assertThat(resolveNames()).isTrue();
        assertThat(exemptNetworks()).containsExactlyInAnyOrder("192.0.2.1", "2001:db8::/64", "198.51.100.9");
    }

    @Test
    void exemptions_followTheMonitoredHosts() {
        primaries.publishLiterals();
        answer = List.of("198.51.100.1");
        resolveNames();
        monitor.replaceHosts(hosts("mx1.example.org:2525", "192.0.2.9"), Instant.EPOCH);
        assertThat(resolveNames()).isTrue();
        assertThat(exemptNetworks()).containsExactlyInAnyOrder("198.51.100.1", "192.0.2.9");
        monitor.replaceHosts(List.of(), Instant.EPOCH);
        assertThat(resolveNames()).isTrue();
        assertThat(exemptNetworks()).isEmpty();
    }
}
