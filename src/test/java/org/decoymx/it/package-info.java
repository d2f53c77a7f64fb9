/**
 * Tests of the built jar, which runs as a process, with the programs that mail administrators use. If a program is not
 * installed, its tests are skipped, or fail with {@code -Dreal=required}.
 */
@NullMarked
package org.decoymx.it;

import org.jspecify.annotations.NullMarked;
