package org.decoymx.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.decoymx.net.IpAddressFormat;
import org.junit.jupiter.api.Test;

/** Unknown and retired keys, variables of Kubernetes, and values against the rules of their keys. */
class ConfigCheckTest {
    @ConfigMapping(prefix = "decoy.smtp")
    interface Keys {
        @WithDefault("2525")
        @Range(min = "1", max = "65535")
        int port();

        @Format(IpAddressFormat.class)
        @MaxElements(2)
        Optional<List<String>> host();

        Optional<String> adminToken();

        @WithDefault("0")
        @Range(min = "2", max = "256", orZero = true)
        int widenAt();

        @WithDefault("reject")
        Action action();

        Map<String, String> names();
    }

    enum Action {
        REJECT,
        DUNNO
    }

    private static ConfigReport check(Map<String, String> properties, Map<String, String> variables) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(properties, "test", 400), new EnvConfigSource(variables, 300))
                .build();
        RetiredKey old = new RetiredKey("decoy.smtp.listen", "decoy.smtp.host", "Give addresses only.");
        return new ConfigCheck(new ConfigKeys(List.of(Keys.class)), List.of(old), List.of()).check(config);
    }

    private static ConfigReport property(String key, String value) {
        return check(Map.of(key, value), Map.of());
    }

    private static ConfigReport variable(String name, String value) {
        return check(Map.of(), Map.of(name, value));
    }

    @Test
    void unknownKey_isRefused_withTheNearestOne() {
        assertThat(property("decoy.smtp.prot", "1").problems())
                .containsExactly("decoy.smtp.prot: unknown key; did you mean decoy.smtp.port?");
        assertThat(property("%prod.decoy.smtp.hosts", "1").problems())
                .containsExactly("%prod.decoy.smtp.hosts: unknown key; did you mean decoy.smtp.host?");
        assertThat(property("decoy.no-such-thing", "1").problems())
                .containsExactly("decoy.no-such-thing: unknown key; docs/configuration.md lists all keys");
        assertThat(variable("DECOY_SMTP_PROT", "1").problems())
                .containsExactly("DECOY_SMTP_PROT: unknown environment variable; did you mean DECOY_SMTP_PORT?");
        assertThat(variable("_PROD_DECOY_SMTP_PROT", "1").problems()).hasSize(1);
    }

    @Test
    void realKey_isTaken_inAllItsForms() {
        assertThat(check(
                                Map.of(
                                        "decoy.smtp.host[0]",
                                        "::1",
                                        "%dev.decoy.smtp.port",
                                        "25",
                                        "decoy.smtp.names.a",
                                        "b"),
                                Map.of(
                                        "DECOY_SMTP_HOST_1_", "::1",
                                        "decoy_smtp_port", "26",
                                        "DECOY_SMTP_WIDEN_AT", "0",
                                        "DECOY_SMTP_NAMES_C", "d",
                                        "DECOYMX_UNPACKED", "/tmp"))
                        .problems())
                .isEmpty();
    }

    @Test
    void variableOfKubernetes_onlyWarns() {
        ConfigReport report = check(
                Map.of(),
                Map.of(
                        "DECOY_SERVICE_HOST", "10.0.0.1",
                        "DECOY_SERVICE_PORT_SMTP", "25",
                        "DECOY_PORT", "tcp://10.0.0.1:25",
                        "DECOY_PORT_25_TCP_ADDR", "10.0.0.1",
                        "DECOY_FEED_PORT", "tcp://10.0.0.1:80",
                        "DECOY_SMTP_PORT_25_TCP", "tcp://10.0.0.1:25"));

        assertThat(report.problems()).isEmpty();
        assertThat(report.warnings()).hasSize(1);
        assertThat(report.warnings().get(0))
                .startsWith("DECOY_FEED_PORT, DECOY_PORT, DECOY_PORT_25_TCP_ADDR, DECOY_SERVICE_HOST, ")
                .endsWith(": ignored, as Kubernetes injects such variables for a Service;"
                        + " enableServiceLinks: false in the pod spec turns them off");
    }

    @Test
    void variableOfKubernetes_thatHasTheNameOfAKey_isRefusedWithTheRemedy() {
        assertThat(variable("DECOY_SMTP_PORT", "tcp://10.0.0.1:25").problems())
                .containsExactly("decoy.smtp.port: 'tcp://10.0.0.1:25' is not a whole number (1 to 65535);"
                        + " Kubernetes injects such a DECOY_SMTP_PORT for a Service:"
                        + " set enableServiceLinks: false in the pod spec");
    }

    @Test
    void retiredKey_warns_andNamesItsSuccessor() {
        ConfigReport report = check(Map.of("decoy.smtp.listen", "x"), Map.of("DECOY_SMTP_LISTEN", "x"));

        assertThat(report.problems()).isEmpty();
        assertThat(report.warnings())
                .containsExactlyInAnyOrder(
                        "decoy.smtp.listen: ignored, as this key is retired; use decoy.smtp.host."
                                + " Give addresses only.",
                        "DECOY_SMTP_LISTEN: ignored, as this key is retired; use DECOY_SMTP_HOST."
                                + " Give addresses only.");
    }

    @Test
    void badValue_isRefused_withWhatIsAllowed() {
        assertThat(property("decoy.smtp.port", "70000").problems())
                .containsExactly("decoy.smtp.port: 70000 is out of range (1 to 65535)");
        assertThat(property("decoy.smtp.port", "99999999999").problems())
                .containsExactly("decoy.smtp.port: 99999999999 is out of range (1 to 65535)");
        assertThat(property("decoy.smtp.port", "").problems())
                .containsExactly("decoy.smtp.port: the value is empty; set a whole number (1 to 65535)");
        assertThat(property("decoy.smtp.widen-at", "1").problems())
                .containsExactly("decoy.smtp.widen-at: 1 is out of range (0, or 2 to 256)");
        assertThat(property("decoy.smtp.action", "nix").problems())
                .containsExactly("decoy.smtp.action: 'nix' is not one of reject, dunno");
        assertThat(property("decoy.smtp.host", "::1,localhost").problems())
                .containsExactly(
                        "decoy.smtp.host: 'localhost' is not an IP address (examples: 127.0.0.1, ::1, 0.0.0.0)");
        assertThat(property("decoy.smtp.host", "::1,::2,::3").problems())
                .containsExactly("decoy.smtp.host: 3 elements are too many (at most 2)");
        assertThat(property("decoy.smtp.host", "${nix}").problems())
                .containsExactly("decoy.smtp.host: '${nix}' refers to a key or variable that is not set");
    }

    @Test
    void secret_isNotShown() {
        assertThat(property("decoy.smtp.admin-token", "${sesame}").problems())
                .containsExactly("decoy.smtp.admin-token: the value refers to a key or variable that is not set");
    }

    @Test
    void distance_countsSwapsAsOne() {
        assertThat(EditDistance.between("prot", "PORT")).isEqualTo(1);
        assertThat(EditDistance.between("kitten", "sitting")).isEqualTo(3);
        assertThat(EditDistance.nearest("xyz", List.of("abc"))).isEmpty();
    }
}
