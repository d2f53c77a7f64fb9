package org.decoymx.exchange;

import static org.decoymx.support.Meters.registerCounter;
import static org.decoymx.support.Meters.registerGauge;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/** Metrics of the sharing between nodes; none if it is switched off. */
@Singleton
final class ExchangeMetrics implements MeterBinder {
    private final ExchangeService service;
    private final ExchangeConfig config;

    ExchangeMetrics(ExchangeService service, ExchangeConfig config) {
        this.service = service;
        this.config = config;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (config.servers().isEmpty()) {
            return;
        }
        counter(registry, "pushed", "States that the brokers have acknowledged", ExchangeStatus::pushed);
        counter(registry, "read", "States read", ExchangeStatus::read);
        counter(registry, "poison", "Records that were not valid", ExchangeStatus::poison);
        gauge(registry, "pending", "Commits that the brokers have not acknowledged", ExchangeStatus::pending);
        gauge(registry, "lag.records", "Records that are not read yet", ExchangeStatus::lagRecords);
        gauge(registry, "lag.seconds", "Age of what is read", ExchangeStatus::lagSeconds);
    }

    private void counter(
            MeterRegistry registry, String name, String description, ToDoubleFunction<ExchangeStatus> value) {
        registerCounter(registry, "decoy.exchange." + name, description, service, read(value));
    }

    private void gauge(
            MeterRegistry registry, String name, String description, ToDoubleFunction<ExchangeStatus> value) {
        registerGauge(registry, "decoy.exchange." + name, description, service, read(value));
    }

    private static ToDoubleFunction<ExchangeService> read(ToDoubleFunction<ExchangeStatus> value) {
        return service -> service.status().map(value::applyAsDouble).orElse(0.0);
    }
}
