/** What people and their tools look at: questions about a sender, health, metrics, problem documents. */
@NullMarked
package org.decoymx.admin;

import org.jspecify.annotations.NullMarked;
