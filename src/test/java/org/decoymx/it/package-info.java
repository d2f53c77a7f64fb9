/**
 * Tests of the built jar, started as a process, with the programs that mail administrators use. A test whose program is
 * not installed is skipped, or with {@code -Dreal=required} fails.
 */
@NullMarked
package org.decoymx.it;

import org.jspecify.annotations.NullMarked;
