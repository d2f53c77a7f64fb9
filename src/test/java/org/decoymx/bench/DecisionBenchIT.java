package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.decoymx.blocklist.BlocklistLookupBench;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the JMH benchmarks, each in its own JVM, and prints the results next to their limits. */
@Tag("bench")
class DecisionBenchIT {
    /** Maximum milliseconds per operation on an otherwise idle machine. */
    private static final Map<String, Double> PUBLISHER = Map.of(
            "reevaluate", 1_000.0, "reevaluate_withNewSender", 1_000.0, "publish", 100.0, "publish_unchanged", 10.0);

    /** Maximum nanoseconds per operation. */
    private static final Map<String, Double> POLICY =
            Map.of("decide", 2_000.0, "isListed", 2_000.0, "explain", 20_000.0);

    private static final Map<String, Double> LOOKUP = Map.of("findEntry", 200.0, "overlaps", 200.0);

    private static final BenchmarkTable TABLE = new BenchmarkTable(
            "Decisions",
            "Single operations, measured by JMH, each in a JVM of its own: lookups in a list and decisions about a"
                    + " sender in ns, and the work of the publisher with a million listed senders in ms.");

    @Test
    void lookup() throws RunnerException {
        measure(BlocklistLookupBench.class, LOOKUP);
    }

    @Test
    void policy() throws RunnerException {
        measure(PolicyBench.class, POLICY);
    }

    @Test
    void publisher() throws RunnerException {
        measure(PublisherBench.class, PUBLISHER);
    }

    private static void measure(Class<?> bench, Map<String, Double> limits) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(bench.getName() + "\\.")
                        .shouldFailOnError(true)
                        .build())
                .run();
        results.forEach(result -> print(bench, result, limits));
        assertThat(results).isNotEmpty();
    }

    private static void print(Class<?> bench, RunResult result, Map<String, Double> limits) {
        String name = result.getPrimaryResult().getLabel();
        Map<String, String> parameters = new TreeMap<>();
        result.getParams()
                .getParamsKeys()
                .forEach(key -> parameters.put(key, result.getParams().getParam(key)));
        TABLE.atMost(
                "%s.%s%s".formatted(bench.getSimpleName(), name, parameters.isEmpty() ? "" : " " + parameters),
                result.getPrimaryResult().getScore(),
                Objects.requireNonNull(limits.get(name)));
    }
}
