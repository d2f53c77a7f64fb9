package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerFormatTest {
    private final BrokerFormat format = new BrokerFormat();

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9092", "LOCALHOST:1", "127.0.0.5:9092", "[::1]:65535"})
    void brokerOfThisMachine_isOnLoopback(String broker) {
        assertThat(format.accepts(broker)).isTrue();
        assertThat(BrokerFormat.isLoopback(broker)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka1.example.org:9092", "kafka:9092", "192.0.2.1:9092", "[2001:db8::1]:9092"})
    void otherBroker_isNotOnLoopback(String broker) {
        assertThat(format.accepts(broker)).isTrue();
        assertThat(BrokerFormat.isLoopback(broker)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "kafka",
                "kafka:",
                "kafka:0",
                "kafka:65536",
                ":9092",
                "2001:db8::1:9092",
                "[kafka]:9092",
                "SSL://kafka:9092",
                "kafka:9092/",
                "ka fka:9092"
            })
    void otherText_isNotAccepted(String broker) {
        assertThat(format.accepts(broker)).isFalse();
    }
}
