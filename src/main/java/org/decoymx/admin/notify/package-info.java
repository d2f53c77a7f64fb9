/** Tells somebody what the administrator should know soon: by webhook, and by a command. */
@NullMarked
package org.decoymx.admin.notify;

import org.jspecify.annotations.NullMarked;
