/** Who may read and change what: users, tokens, the login form, and the log of what administrators changed. */
@NullMarked
package org.decoymx.admin.login;

import org.jspecify.annotations.NullMarked;
