package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the measurements in this process's own kind of JVM, and prints what comes out. */
@Tag("bench")
class DecisionBenchIT {

    @Test
    void publisher() throws RunnerException {
        assertThat(new Runner(new OptionsBuilder()
                                .include(PublisherBench.class.getName())
                                .build())
                        .run())
                .isNotEmpty();
    }
}
