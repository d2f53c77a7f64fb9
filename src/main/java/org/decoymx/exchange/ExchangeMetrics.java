package org.decoymx.exchange;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;
import org.decoymx.support.Meters;

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
        Meters<ExchangeService> meters = new Meters<>(registry, service);
        meters.counter(
                "decoy.exchange.pushed", "States that the brokers have acknowledged", read(ExchangeStatus::pushed));
        meters.counter("decoy.exchange.read", "States read", read(ExchangeStatus::read));
        meters.counter("decoy.exchange.poison", "Records that were not valid", read(ExchangeStatus::poison));
        meters.gauge(
                "decoy.exchange.pending",
                "Commits that the brokers have not acknowledged",
                read(ExchangeStatus::pending));
        meters.gauge("decoy.exchange.lag.records", "Records that are not read yet", read(ExchangeStatus::lagRecords));
        meters.gauge("decoy.exchange.lag.seconds", "Age of what is read", read(ExchangeStatus::lagSeconds));
    }

    private static ToDoubleFunction<ExchangeService> read(ToDoubleFunction<ExchangeStatus> value) {
        return service -> service.status().map(value::applyAsDouble).orElse(0.0);
    }
}
