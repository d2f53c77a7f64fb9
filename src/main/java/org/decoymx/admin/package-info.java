/** The REST endpoints for operators, health checks, metrics and problem documents. */
@NullMarked
package org.decoymx.admin;

import org.jspecify.annotations.NullMarked;
