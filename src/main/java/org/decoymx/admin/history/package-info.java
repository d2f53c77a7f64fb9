/** Numbers over time and the latest events, for the page and for programs. */
@NullMarked
package org.decoymx.admin.history;

import org.jspecify.annotations.NullMarked;
