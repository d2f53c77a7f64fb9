/** Tests of the REST endpoints, health checks and metrics. */
@NullMarked
package org.decoymx.admin;

import org.jspecify.annotations.NullMarked;
