/** The list over HTTP, one small file a format. */
@NullMarked
package org.decoymx.feed;

import org.jspecify.annotations.NullMarked;
