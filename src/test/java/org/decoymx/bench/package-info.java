/** Benchmarks ({@code mvn -Pbench verify}). They print ratios to a peer in the same run and enforce no limits. */
@NullMarked
package org.decoymx.bench;

import org.jspecify.annotations.NullMarked;
