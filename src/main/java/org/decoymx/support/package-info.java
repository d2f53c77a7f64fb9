/**
 * Shared helpers: the check of the configuration and the rules that a key declares for its values, replacing files,
 * reading bounded lines, and messages about both.
 */
@NullMarked
package org.decoymx.support;

import org.jspecify.annotations.NullMarked;
