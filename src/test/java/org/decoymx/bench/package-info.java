/** Benchmarks: they print ratios against a peer measured in the same run, and set no limits. {@code mvn -Pbench verify} */
@NullMarked
package org.decoymx.bench;

import org.jspecify.annotations.NullMarked;
