/** The page for administrators, rendered on the server. */
@NullMarked
package org.decoymx.admin.page;

import org.jspecify.annotations.NullMarked;
