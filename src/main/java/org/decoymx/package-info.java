/** A decoy mail server; docs/flow.md describes how data flows through the packages. */
@NullMarked
package org.decoymx;

import org.jspecify.annotations.NullMarked;
