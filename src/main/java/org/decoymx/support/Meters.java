package org.decoymx.support;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;

/**
 * Registers metrics that are read from what they measure.
 *
 * @param source what they measure; only a weak reference to it is kept, so something else must hold it
 * @param tags the tags of all of them
 */
public record Meters<T>(MeterRegistry registry, T source, Tags tags) {

    /** Metrics without tags. */
    public Meters(MeterRegistry registry, T source) {
        this(registry, source, Tags.empty());
    }

    /** The same with a further tag. */
    public Meters<T> tag(String key, String value) {
        return new Meters<>(registry, source, tags.and(key, value));
    }

    /** Registers a counter. */
    public void counter(String name, String description, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, source, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /** Registers a gauge. */
    public void gauge(String name, String description, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value).description(description).tags(tags).register(registry);
    }
}
